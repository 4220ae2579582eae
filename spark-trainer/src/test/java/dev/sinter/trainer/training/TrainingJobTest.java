package dev.sinter.trainer.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import dev.sinter.trainer.SparkTestClusters;
import dev.sinter.trainer.TinyRuns;
import dev.sinter.trainer.WorkersFileSystem;
import dev.sinter.trainer.checkpoint.RunDirectory;
import dev.sinter.trainer.config.RunConfig;
import dev.sinter.trainer.evaluation.ClassificationResult;
import dev.sinter.trainer.evaluation.SegmentationResult;
import dev.sinter.trainer.prediction.Evaluation;
import dev.sinter.trainer.prediction.Prediction;
import dev.sinter.trainer.prediction.ShippedModel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkException;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole runs on two executors in processes of their own, with two slots each. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class TrainingJobTest {
  @TempDir static Path folder;

  private static SparkSession spark;
  private static TinyRuns images;
  private static TinyRuns volumes;
  private static String undisturbed;

  @BeforeAll
  static void start() throws Exception {
    spark =
        SparkSession.builder()
            .config(
                SparkTestClusters.conf("runs", 2, 2, WorkersFileSystem.SETTINGS)
                    .set("spark.stage.maxConsecutiveAttempts", "20"))
            .getOrCreate();
    images = TinyRuns.classification(spark, folder.resolve("images"));
    volumes = TinyRuns.segmentation(spark, folder.resolve("volumes"));
    undisturbed = reference(volumes.config("reference", "train.epochs=4"));
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  private static String reference(RunConfig run) throws InterruptedException {
    return ReferenceRun.parametersSha256(run, folder);
  }

  private static TrainingResult train(RunConfig run) {
    return train(run, new RecordingListener());
  }

  private static TrainingResult train(RunConfig run, TrainingListener listener) {
    return new TrainingJob(spark, run, Map.of("sinter", "test")).run(Resume.AUTO, listener);
  }

  private static ShippedModel model(String location) {
    return ShippedModel.of(RunDirectory.readModel(location, new Configuration()));
  }

  @Test
  void classifiesAfterTraining() throws Exception {
    RunConfig run = images.config("classification", "train.augment={flip-horizontal: true}");

    TrainingResult result = train(run);

    assertThat(result.epochs()).isEqualTo(2);
    assertThat(result.bytesPerStep()).isPositive();
    assertThat(result.parametersSha256()).isEqualTo(reference(run));
    assertThat(result.history().get(1).trainLoss()).isLessThan(result.history().get(0).trainLoss());
    ShippedModel best = model(run.train().output());
    ClassificationResult test =
        new Evaluation(spark, best, images.dataset(), "test").classify().result();
    assertThat(test.samples()).isPositive();
    assertThat(test.classes()).containsExactly("columns", "rows");
    assertThat(test.confusionMatrix().stream().flatMap(row -> row.stream()).mapToLong(n -> n).sum())
        .isEqualTo(test.samples());
    Path predicted = images.output("predictions");
    Prediction.Outcome outcome =
        new Prediction(spark, best, images.collection(), predicted.toString()).run();
    assertThat(outcome.predicted()).isEqualTo(48);
    assertThat(namesIn(predicted)).anyMatch(name -> name.endsWith(".csv"));
    assertThat(hidden(run.train().output())).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"gradient-sharing", "parameter-averaging"})
  void learnsToSegment(String strategy) throws Exception {
    RunConfig run =
        volumes.config(
            "segmentation-" + strategy,
            "train.epochs=8",
            "sync.strategy=" + strategy,
            "optimizer.learning-rate=0.03");

    TrainingResult result = train(run);

    assertThat(result.history().get(7).trainLoss())
        .isLessThan(0.7 * result.history().get(0).trainLoss());
    ShippedModel best = model(run.train().output());
    SegmentationResult test =
        new Evaluation(spark, best, volumes.dataset(), "test").segment().result();
    assertThat(test.dice().meanForeground()).isGreaterThan(0.6);
    Path predicted = volumes.output("predictions-" + strategy);
    Prediction.Outcome outcome =
        new Prediction(spark, best, volumes.collection() + "/images", predicted.toString()).run();
    assertThat(outcome.predicted()).isEqualTo(24);
    assertThat(namesIn(predicted)).filteredOn(name -> name.endsWith(".nii.gz")).hasSize(24);
  }

  /** Auxiliary outputs, dropout and group normalisation; the main output is what is scored. */
  @Test
  void learnsWithSeveralOutputs() throws Exception {
    RunConfig run =
        volumes.config(
            "supervised",
            "model={name: unet-attention, options: {depth: 2, width: 4, norm: group,"
                + " up: interpolation, dropout: 0.1, deep-supervision: true}}",
            "train.epochs=8",
            "optimizer.learning-rate=0.03");

    TrainingResult result = train(run);

    assertThat(result.parametersSha256()).isEqualTo(reference(run));
    assertThat(result.history().get(7).trainLoss())
        .isLessThan(0.7 * result.history().get(0).trainLoss());
    SegmentationResult test =
        new Evaluation(spark, model(run.train().output()), volumes.dataset(), "test")
            .segment()
            .result();
    assertThat(test.dice().meanForeground()).isGreaterThan(0.6);
  }

  @ParameterizedTest
  @CsvSource({"1", "2", "4"})
  void givesTheReferencesBitsOnAnyNumberOfWorkers(int workers) {
    RunConfig run =
        volumes.config("bits-" + workers, "train.epochs=4", "cluster.workers=" + workers);
    assertThat(train(run).parametersSha256()).isEqualTo(undisturbed);
  }

  @Test
  void averagingRepeatsItsBits() {
    String[] keys = {
      "sync.strategy=parameter-averaging", "sync.average-every-steps=3", "train.epochs=2"
    };
    TrainingResult first = train(volumes.config("averaging-1", keys));
    TrainingResult second = train(volumes.config("averaging-2", keys));
    assertThat(first.steps() / 2 % 3).as("epochs end between two averagings").isNotZero();
    assertThat(second.parametersSha256()).isEqualTo(first.parametersSha256());
    assertThat(first.parametersSha256()).isNotEqualTo(undisturbed);
  }

  @Test
  void averagingResumesToTheSameBits() {
    String[] keys = {
      "sync.strategy=parameter-averaging", "sync.average-every-steps=3", "train.epochs=3"
    };
    TrainingResult whole = train(volumes.config("averaging-whole", keys));
    RunConfig parts = volumes.config("averaging-parts", keys);
    interruptAfterEpoch(1, parts);
    RecordingListener listener = new RecordingListener();
    assertThat(train(parts, listener).parametersSha256()).isEqualTo(whole.parametersSha256());
    assertThat(listener.starts().get(0)).isPositive();
  }

  @Test
  void trainingAFinishedRunAgainChangesNothing() {
    RunConfig run = volumes.config("finished");
    TrainingResult first = train(run);
    RecordingListener listener = new RecordingListener();

    TrainingResult again = train(run, listener);

    assertThat(listener.starts()).containsExactly(first.steps());
    assertThat(listener.epochs()).isEmpty();
    assertThat(again.parametersSha256()).isEqualTo(first.parametersSha256());
    assertThat(again.checkpoint()).isEqualTo(first.checkpoint());
    assertThat(again.bestCheckpoint()).isEqualTo(first.bestCheckpoint());
    assertThat(again.history()).isEqualTo(first.history());
    assertThatThrownBy(
            () -> new TrainingJob(spark, run, Map.of()).run(Resume.NEVER, new RecordingListener()))
        .isInstanceOfSatisfying(
            SinterException.class, e -> assertThat(e.code()).isEqualTo("OUTPUT_HAS_CHECKPOINTS"));
  }

  @Test
  void aKilledExecutorDoesNotChangeTheBits() {
    RunConfig run = volumes.config("killed", "train.epochs=4");
    long victim = executorProcess();
    RecordingListener listener =
        new RecordingListener(
            epoch -> {
              if (epoch == 1) {
                ProcessHandle.of(victim).ifPresent(ProcessHandle::destroyForcibly); // SIGKILL
              }
            });

    TrainingResult result = train(run, listener);

    assertThat(listener.starts()).hasSizeGreaterThan(1).startsWith(0L);
    assertThat(listener.starts().get(1)).isPositive();
    assertThat(listener.restarts()).hasSizeGreaterThanOrEqualTo(listener.starts().size() - 1);
    assertThat(result.parametersSha256()).isEqualTo(undisturbed);
    assertThat(result.history()).hasSize(4);
    assertThat(hidden(run.train().output())).isEmpty();
  }

  private static long executorProcess() {
    return JavaSparkContext.fromSparkContext(spark.sparkContext())
        .parallelize(List.of(1), 1)
        .map(any -> ProcessHandle.current().pid())
        .first();
  }

  @Test
  void resumesOnOtherNumbersOfWorkersToTheSameBits() {
    RunConfig two = volumes.config("resumed", "train.epochs=4", "cluster.workers=2");
    RunConfig one = volumes.config("resumed", "train.epochs=4", "cluster.workers=1");
    RunConfig four = volumes.config("resumed", "train.epochs=4", "cluster.workers=4");

    interruptAfterEpoch(1, two);
    interruptAfterEpoch(2, one);
    RecordingListener listener = new RecordingListener();
    TrainingResult result = train(four, listener);

    assertThat(listener.starts().get(0)).isPositive();
    assertThat(result.parametersSha256()).isEqualTo(undisturbed);
    assertThat(result.history()).hasSize(4);
    assertThat(hidden(four.train().output())).isEmpty();
  }

  private static void interruptAfterEpoch(int last, RunConfig run) {
    RecordingListener listener =
        new RecordingListener(
            epoch -> {
              if (epoch == last) {
                spark.sparkContext().cancelAllJobs();
              }
            });
    assertThatThrownBy(() -> train(run, listener)).hasRootCauseInstanceOf(SparkException.class);
  }

  @Test
  void refusesToResumeAnotherRun() throws IOException {
    RunConfig run = volumes.config("mismatch", "train.epochs=1");
    train(run);
    Path configuration = Path.of(run.train().output(), "config.yaml");
    String before = Files.readString(configuration);
    assertThatThrownBy(() -> train(volumes.config("mismatch", "train.epochs=1", "train.seed=6")))
        .isInstanceOfSatisfying(
            SinterException.class,
            e -> {
              assertThat(e.code()).isEqualTo("RESUME_MISMATCH");
              assertThat(e).hasMessageContaining("train.seed was 5 and is now 6");
            });
    assertThat(configuration).hasContent(before);
  }

  @Test
  void aDivergedRunEndsAtOnce() {
    RunConfig run =
        volumes.config(
            "diverged",
            "train.epochs=20",
            "optimizer.name=sgd",
            "optimizer.learning-rate=1000",
            "optimizer.weight-decay=10",
            "optimizer.schedule.name=constant");
    RecordingListener listener = new RecordingListener();
    assertThatThrownBy(() -> train(run, listener))
        .isInstanceOfSatisfying(
            SinterException.class,
            e -> {
              assertThat(e.code()).isEqualTo("LOSS_NOT_FINITE");
              assertThat(e.category()).isEqualTo(ErrorCategory.DIVERGED);
            });
    assertThat(listener.starts()).as("no restart").hasSize(1);
  }

  @Test
  void aFailureThatRepeatsEndsTheRunWithItsCode() {
    RunConfig run = volumes.config("down", "train.output=workers:" + volumes.output("down/run"));
    RecordingListener listener = new RecordingListener();
    assertThatThrownBy(() -> train(run, listener))
        .isInstanceOfSatisfying(
            SinterException.class,
            e -> {
              assertThat(e.code()).isEqualTo("FILE_SYSTEM_FAILURE");
              assertThat(e)
                  .hasMessageContaining("connection refused")
                  .hasMessageContaining("4 att");
            });
    assertThat(listener.starts()).containsOnly(0L).hasSizeBetween(4, 5);
    assertThat(listener.restarts()).contains("FILE_SYSTEM_FAILURE");
    assertThat(hidden(volumes.output("down/run").toString())).isEmpty();
  }

  @Test
  void refusesAFolderThatWorkersDoNotShareWithTheDriver() {
    RunConfig run = volumes.config("apart", "train.output=workers:" + volumes.output("apart/run"));
    RecordingListener listener = new RecordingListener();
    assertThatThrownBy(() -> train(run, listener))
        .isInstanceOfSatisfying(
            SinterException.class,
            e -> {
              assertThat(e.code()).isEqualTo("RUN_FOLDER_NOT_SHARED");
              assertThat(e).hasMessageContaining("apart/run");
            });
    assertThat(listener.starts()).isEmpty();
  }

  @Test
  @Timeout(value = 20, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void aWaitForSlotsEnds() {
    RunConfig run =
        volumes.config("slots", "train.lanes=8", "cluster.workers=8", "cluster.timeout-seconds=5");
    assertThatThrownBy(() -> train(run))
        .isInstanceOfSatisfying(
            SinterException.class,
            e -> {
              assertThat(e.code()).isEqualTo("SLOTS_TIMEOUT");
              assertThat(e.category().exitCode()).isEqualTo(4);
              assertThat(e).hasMessageContaining("8 slots").hasMessageContaining("have 4");
            });
  }

  private static List<String> namesIn(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }

  /** What an unfinished checkpoint or file would leave. */
  private static List<String> hidden(String output) {
    try {
      return namesIn(Path.of(output)).stream()
          .filter(name -> name.startsWith(".") && !name.endsWith(".crc"))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
