package dev.sinter.trainer.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sinter.error.SinterException;
import dev.sinter.trainer.SparkTestClusters;
import dev.sinter.trainer.TinyRuns;
import dev.sinter.trainer.checkpoint.CheckpointManifest.ChangedSetting;
import dev.sinter.trainer.checkpoint.CheckpointSource;
import dev.sinter.trainer.checkpoint.Continuation;
import dev.sinter.trainer.config.RunConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole runs with compressed messages between two executors in JVMs of their own. */
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CompressedTrainingTest {
  private static final String CONSTANT = "optimizer.schedule.name=constant";
  private static final String SGD = "optimizer.name=sgd";
  private static final String DENSITY = "sync.compression-density=0.02";

  @TempDir static Path folder;

  private static SparkSession spark;
  private static TinyRuns runs;

  @BeforeAll
  static void start() throws Exception {
    spark =
        SparkSession.builder()
            .config(SparkTestClusters.conf("compressed", 2, 1, Map.of()))
            .getOrCreate();
    runs = TinyRuns.segmentation(spark, folder);
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  private static TrainingResult train(RunConfig run, Resume resume, TrainingListener listener) {
    return new TrainingJob(spark, run, Map.of("sinter", "test")).run(resume, listener);
  }

  private static TrainingResult train(RunConfig run) {
    return train(run, Resume.AUTO, new RecordingListener());
  }

  private static Resume from(TrainingResult run, Continuation continuation) {
    return new Resume.From(
        CheckpointSource.find(run.checkpoint(), new Configuration()), continuation);
  }

  @ParameterizedTest
  @ValueSource(strings = {"threshold", "top-k"})
  void goesOnFromACheckpointToTheSameBits(String compression) {
    String kind = "sync.compression=" + compression;
    RunConfig before =
        runs.config(compression + "-before", "train.epochs=1", CONSTANT, SGD, DENSITY, kind);
    RunConfig after =
        runs.config(compression + "-after", "train.epochs=2", CONSTANT, SGD, DENSITY, kind);
    RunConfig whole =
        runs.config(compression + "-whole", "train.epochs=2", CONSTANT, SGD, DENSITY, kind);
    TrainingResult start = train(before);
    assertThat(Path.of(java.net.URI.create(start.checkpoint())))
        .isDirectoryContaining("glob:**/residual-00000.bin")
        .isDirectoryContaining("glob:**/residual-00001.bin");

    TrainingResult result = train(after, from(start, Continuation.EXACT), new RecordingListener());

    assertThat(result.parametersSha256()).isEqualTo(train(whole).parametersSha256());
    assertThat(result.history().get(1).trainLoss()).isLessThan(start.history().get(0).trainLoss());
  }

  @Test
  void anotherNumberOfWorkersGoesOnOnlyWhenTold() {
    RunConfig two =
        runs.config("two", "train.epochs=1", CONSTANT, DENSITY, "sync.compression=top-k");
    RunConfig one =
        runs.config(
            "one",
            "train.epochs=2",
            CONSTANT,
            DENSITY,
            "sync.compression=top-k",
            "cluster.workers=1");
    TrainingResult start = train(two);
    SinterException refusal =
        catchThrowableOfType(
            SinterException.class,
            () -> train(one, from(start, Continuation.EXACT), new RecordingListener()));
    assertThat(refusal.code()).isEqualTo("RESUME_MISMATCH");
    assertThat(Files.exists(runs.output("one"))).isFalse();
    RecordingListener told = new RecordingListener();

    TrainingResult result = train(one, from(start, Continuation.APPROXIMATE), told);

    assertThat(told.changed()).containsExactly(new ChangedSetting("cluster.workers", "2", "1"));
    assertThat(result.history().get(1).trainLoss()).isLessThan(start.history().get(0).trainLoss());
  }

  @ParameterizedTest
  @ValueSource(strings = {"fp16", "bf16"})
  void halvesGiveTheSameBitsOnOneWorkerAndOnTwo(String compression) {
    String kind = "sync.compression=" + compression;
    TrainingResult two = train(runs.config(compression + "-two", "train.epochs=1", kind));
    TrainingResult one =
        train(runs.config(compression + "-one", "train.epochs=1", kind, "cluster.workers=1"));
    assertThat(two.parametersSha256()).isEqualTo(one.parametersSha256());
    assertThat(two.history().get(0).bytesSent()).isPositive();
  }
}
