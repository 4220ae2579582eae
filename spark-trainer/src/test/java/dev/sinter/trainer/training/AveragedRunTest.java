package dev.sinter.trainer.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sinter.trainer.TinyRuns;
import dev.sinter.trainer.checkpoint.CheckpointSource;
import dev.sinter.trainer.checkpoint.Continuation;
import dev.sinter.trainer.checkpoint.RunDirectory;
import dev.sinter.trainer.checkpoint.StoredModel;
import dev.sinter.trainer.config.RunConfig;
import dev.sinter.trainer.evaluation.SegmentationResult;
import dev.sinter.trainer.prediction.Evaluation;
import dev.sinter.trainer.prediction.ShippedModel;
import java.nio.file.Path;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Runs with a moving average of the weights. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class AveragedRunTest {
  private static final String DECAY = "optimizer.ema-decay=0.9";
  private static final String CONSTANT = "optimizer.schedule.name=constant";
  private static final String SHORT = "train.epochs=2";
  private static final String LONG = "train.epochs=3";

  @TempDir static Path folder;

  private static SparkSession spark;
  private static TinyRuns runs;

  @BeforeAll
  static void start() throws Exception {
    spark =
        SparkSession.builder()
            .master("local[2]")
            .config("spark.ui.enabled", "false")
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .getOrCreate();
    runs = TinyRuns.segmentation(spark, folder);
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  private static TrainingResult train(RunConfig run, Resume resume) {
    return new TrainingJob(spark, run, Map.of("sinter", "test"))
        .run(resume, new RecordingListener());
  }

  private static TrainingResult train(RunConfig run) {
    return train(run, Resume.AUTO);
  }

  private static String storedSha256(String checkpoint) {
    StoredModel model = RunDirectory.readModel(checkpoint, new Configuration());
    model.parameters().close();
    return model.manifest().parametersSha256();
  }

  @Test
  void goesOnOnAnotherNumberOfWorkersToTheSameBits() {
    TrainingResult whole = train(runs.config("whole", LONG, CONSTANT, DECAY));
    TrainingResult before = train(runs.config("before", SHORT, CONSTANT, DECAY));
    RunConfig after = runs.config("after", LONG, CONSTANT, DECAY, "cluster.workers=1");
    Resume resume =
        new Resume.From(
            CheckpointSource.find(before.checkpoint(), new Configuration()), Continuation.EXACT);

    TrainingResult result = train(after, resume);

    assertThat(result.parametersSha256()).isEqualTo(whole.parametersSha256());
    assertThat(storedSha256(result.checkpoint())).isEqualTo(storedSha256(whole.checkpoint()));
  }

  @Test
  void keepsTheAverageAsTheModelAndTrainsAsWithoutIt() {
    RunConfig run = runs.config("averaged", SHORT, CONSTANT, DECAY);
    TrainingResult averaged = train(run);
    TrainingResult plain = train(runs.config("plain", SHORT, CONSTANT));

    assertThat(averaged.parametersSha256()).isEqualTo(plain.parametersSha256());
    assertThat(storedSha256(plain.checkpoint())).isEqualTo(plain.parametersSha256());
    assertThat(storedSha256(averaged.checkpoint())).isNotEqualTo(plain.parametersSha256());
    ShippedModel last =
        ShippedModel.of(RunDirectory.readModel(averaged.checkpoint(), new Configuration()));
    SegmentationResult validated =
        new Evaluation(spark, last, runs.dataset(), "val").segment().result();
    assertThat(validated.dice().meanForeground())
        .isCloseTo(averaged.history().get(1).validationMetric(), within(1e-6));
  }
}
