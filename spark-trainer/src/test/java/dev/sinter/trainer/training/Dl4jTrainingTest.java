package dev.sinter.trainer.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.error.SinterException;
import dev.sinter.trainer.TinyRuns;
import dev.sinter.trainer.checkpoint.RunDirectory;
import dev.sinter.trainer.config.RunConfig;
import dev.sinter.trainer.evaluation.ClassificationResult;
import dev.sinter.trainer.prediction.Evaluation;
import dev.sinter.trainer.prediction.Prediction;
import dev.sinter.trainer.prediction.ShippedModel;
import dev.sinter.trainer.spark.SinterKryoRegistrator;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.serializer.KryoSerializer;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** DL4J's masters behind the same job, in one process, as a session of Sinter ships. */
@Timeout(value = 600, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class Dl4jTrainingTest {
  @TempDir static Path folder;

  private static SparkSession spark;
  private static TinyRuns images;

  @BeforeAll
  static void start() throws Exception {
    spark =
        SparkSession.builder()
            .master("local[2]")
            .config("spark.ui.enabled", "false")
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.serializer", KryoSerializer.class.getName())
            .config("spark.kryo.registrator", SinterKryoRegistrator.class.getName())
            .getOrCreate();
    images = TinyRuns.classification(spark, folder);
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  private static RunConfig config(String name, String strategy, String... overrides) {
    String[] all = new String[overrides.length + 2];
    all[0] = "sync.strategy=" + strategy;
    all[1] = "optimizer.schedule={name: constant}";
    System.arraycopy(overrides, 0, all, 2, overrides.length);
    return images.config(name, all);
  }

  private static TrainingResult train(RunConfig run, RecordingListener listener) {
    return new TrainingJob(spark, run, Map.of("sinter", "test")).run(Resume.AUTO, listener);
  }

  @Test
  void averagingEndsInTheSameArtefacts() {
    assertThat(endsInTheSameArtefacts(Dl4jTraining.PARAMETER_AVERAGING, 4).accuracy())
        .isGreaterThanOrEqualTo(0.75);
  }

  /** Has been seen to stay at an accuracy of 0.5 over 16 steps, for 20 s an epoch. */
  @Tag("full")
  @Test
  void gradientSharingEndsInTheSameArtefacts() {
    endsInTheSameArtefacts(Dl4jTraining.GRADIENT_SHARING, 1);
  }

  private ClassificationResult endsInTheSameArtefacts(String strategy, int epochs) {
    RunConfig run =
        config(strategy, strategy, "train.epochs=" + epochs, "sync.average-every-steps=4");
    TrainingResult result = train(run, new RecordingListener());

    assertThat(result.epochs()).isEqualTo(epochs);
    assertThat(result.steps()).isEqualTo(4L * epochs);
    assertThat(result.history()).hasSize(epochs);
    assertThat(result.precision()).isEqualTo("fp32");
    ShippedModel best =
        ShippedModel.of(RunDirectory.readModel(run.train().output(), new Configuration()));
    ClassificationResult test =
        new Evaluation(spark, best, images.dataset(), "test").classify().result();
    assertThat(test.samples()).isPositive();
    String predictions = images.output(strategy + "-predictions").toString();
    assertThat(new Prediction(spark, best, images.collection(), predictions).run().predicted())
        .isEqualTo(48);
    return test;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "optimizer.schedule={name: cosine} | optimizer.schedule",
        "optimizer.schedule={name: constant, warm-up-epochs: 1} | warm-up",
        "optimizer.clip-norm=1 | optimizer.clip-norm 1.0",
        "optimizer.nesterov=false | optimizer.momentum without optimizer.nesterov",
        "engine.precision=bf16 | engine.precision bf16",
        "train.augment={flip-vertical: true} | train.augment",
        "cluster.workers=3 | a global batch of 8 that cluster.workers 3",
      })
  void refusesBeforeTrainingWhatTheMastersDoNotKnow(String override, String named) {
    RunConfig run = config("refused", "dl4j-parameter-averaging", override);
    assertThatThrownBy(() -> train(run, new RecordingListener()))
        .hasMessageContaining(named)
        .extracting(thrown -> ((SinterException) thrown).code())
        .isEqualTo("DL4J_BASELINE_UNSUPPORTED");
    assertThat(Files.exists(Path.of(run.train().output()))).isFalse();
  }

  @Test
  void refusesToGoOnFromACheckpoint() {
    RunConfig run = config("again", "dl4j-parameter-averaging", "train.epochs=1");
    train(run, new RecordingListener());
    assertThatThrownBy(() -> train(run, new RecordingListener()))
        .hasMessageContaining("going on from a checkpoint");
  }
}
