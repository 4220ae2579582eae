package dev.sinter.trainer.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import dev.sinter.trainer.TinyRuns;
import dev.sinter.trainer.checkpoint.CheckpointManifest.RollBack;
import dev.sinter.trainer.checkpoint.RunDirectory;
import dev.sinter.trainer.config.RunConfig;
import dev.sinter.trainer.config.TrainConfig.NonFiniteConfig;
import dev.sinter.trainer.sync.StepResult;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Steps whose loss or gradient is not finite, under each policy. */
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class NonFiniteTest {
  private static final String DIVERGED = "LOSS_NOT_FINITE";

  /** A power of two: the products of the rates have the same bits in any order. */
  private static final double FACTOR = 1.0 / (1 << 20);

  private static final double TOO_HIGH = 1000;

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

  private static RunConfig config(String name, double learningRate, String... more) {
    String[] keys = {
      "train.epochs=3",
      "model.options={depth: 2, width: 4, norm: none}",
      "optimizer.weight-decay=10",
      "optimizer.name=sgd",
      "optimizer.learning-rate=" + learningRate,
      "optimizer.schedule.name=constant"
    };
    String[] all = new String[keys.length + more.length];
    System.arraycopy(keys, 0, all, 0, keys.length);
    System.arraycopy(more, 0, all, keys.length, more.length);
    return runs.config(name, all);
  }

  private static TrainingResult train(RunConfig run, TrainingListener listener) {
    return new TrainingJob(spark, run, Map.of()).run(Resume.AUTO, listener);
  }

  private static SinterException fails(RunConfig run, TrainingListener listener) {
    return catchThrowableOfType(SinterException.class, () -> train(run, listener));
  }

  @ParameterizedTest
  @ValueSource(strings = {"gradient-sharing", "parameter-averaging"})
  void rollsBackToTheBitsOfTheLowerRate(String strategy) throws Exception {
    String sync = "sync.strategy=" + strategy;
    String low =
        train(config("low-" + strategy, TOO_HIGH * FACTOR, sync), listener()).parametersSha256();
    RunConfig run =
        config(
            "back-" + strategy,
            TOO_HIGH,
            sync,
            "train.on-non-finite=roll-back",
            "train.roll-back-rate=" + FACTOR);
    TrainingResult result = train(run, listener());
    assertThat(result.parametersSha256()).isEqualTo(low);
    assertThat(
            RunDirectory.readModel(result.checkpoint(), new Configuration()).manifest().rollBacks())
        .singleElement()
        .satisfies(
            rollBack -> {
              assertThat(rollBack.step()).isZero();
              assertThat(rollBack.learningRateFactor()).isEqualTo(FACTOR);
              assertThat(rollBack.reason()).contains("in step ").contains("NaN");
            });
  }

  /** The second command knows of the roll-back from the checkpoint alone. */
  @Test
  void aRollBackIsKnownAfterAnInterruption() {
    String[] policy = {"train.on-non-finite=roll-back", "train.roll-back-rate=" + FACTOR};
    String whole = train(config("whole", TOO_HIGH, policy), listener()).parametersSha256();
    RunConfig run = config("interrupted", TOO_HIGH, policy);
    RecordingListener interrupting =
        new RecordingListener(
            epoch -> {
              if (epoch == 1) {
                spark.sparkContext().cancelAllJobs();
              }
            });
    assertThatThrownBy(() -> train(run, interrupting)).isNotInstanceOf(SinterException.class);
    RecordingListener listener = listener();
    assertThat(train(run, listener).parametersSha256()).isEqualTo(whole);
    assertThat(listener.starts()).singleElement().satisfies(step -> assertThat(step).isPositive());
  }

  @Test
  void stopsAfterAsManyRollBacksAsAreAllowed() {
    SinterException failure =
        fails(
            config(
                "hopeless",
                TOO_HIGH,
                "train.on-non-finite=roll-back",
                "train.roll-back-rate=0.9",
                "train.non-finite-limit=2"),
            listener());
    assertThat(failure.code()).isEqualTo(DIVERGED);
    assertThat(failure).hasMessageContaining("after 2 roll-backs");
  }

  /** Once the parameters are beyond all bounds no step is finite any more. */
  @Test
  void stopsAfterAsManySkippedStepsInARow() {
    RunConfig run =
        config("skipped", TOO_HIGH, "train.on-non-finite=skip", "train.non-finite-limit=3");
    RecordingListener listener = listener();
    SinterException failure = fails(run, listener);
    assertThat(failure.code()).isEqualTo(DIVERGED);
    assertThat(failure).hasMessageContaining("after 3 skipped steps in a row");
    assertThat(listener.starts()).as("no restart").hasSize(1);
  }

  @Test
  void stopsAtOnceByDefault() {
    SinterException failure = fails(config("stopped", TOO_HIGH), listener());
    assertThat(failure.code()).isEqualTo(DIVERGED);
    assertThat(failure.category()).isEqualTo(ErrorCategory.DIVERGED);
    assertThat(failure.getMessage()).doesNotContain("skipped").doesNotContain("roll-back");
  }

  /** So that a run that has stopped can go on under another policy. */
  @Test
  void anotherPolicyIsStillTheSameRun() throws Exception {
    RunConfig whole = config("finite", 0.02);
    String bits = train(whole, listener()).parametersSha256();
    assertThat(train(config("finite", 0.02, "train.on-non-finite=skip"), listener()))
        .satisfies(result -> assertThat(result.parametersSha256()).isEqualTo(bits));
  }

  @Test
  void aTakenStepEndsARowOfSkippedOnes() {
    NonFiniteSteps steps = NonFiniteSteps.of(new NonFiniteConfig("skip", 2, 0.5), List.of(), null);
    StepResult finite = new StepResult(1, 1, 0, 0, 0);
    StepResult infinite = new StepResult(1, Double.POSITIVE_INFINITY, 0, 0, 0);
    steps.judge(1, 0.1, infinite);
    steps.judge(2, 0.1, infinite);
    assertThat(steps.consecutiveSkips()).isEqualTo(2);
    steps.judge(3, 0.1, finite);
    assertThat(steps.consecutiveSkips()).isZero();
    steps.judge(4, 0.1, infinite);
    steps.judge(5, 0.1, infinite);
    assertThatThrownBy(() -> steps.judge(6, 0.1, infinite))
        .isInstanceOf(SinterException.class)
        .hasMessageContaining("in step 6")
        .hasMessageContaining("2 skipped");
  }

  @Test
  void onlyStepsBehindARollBackAreSlower() {
    List<RollBack> rollBacks = List.of(new RollBack(0, 0.5, ""), new RollBack(8, 0.25, ""));
    assertThat(RollBack.factorAt(rollBacks, 8)).isEqualTo(0.5);
    assertThat(RollBack.factorAt(rollBacks, 9)).isEqualTo(0.125);
    assertThat(
            RollBacks.after(
                new SinterException(ErrorCategory.DIVERGED, DIVERGED, "in step 3", ""),
                new NonFiniteConfig("roll-back", 3, 0.5),
                rollBacks,
                Optional::empty))
        .hasSize(3)
        .last()
        .isEqualTo(new RollBack(0, 0.5, "in step 3"));
  }

  private static RecordingListener listener() {
    return new RecordingListener();
  }
}
