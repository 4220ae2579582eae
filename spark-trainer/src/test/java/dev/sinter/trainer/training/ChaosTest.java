package dev.sinter.trainer.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.trainer.SparkTestClusters;
import dev.sinter.trainer.TinyRuns;
import dev.sinter.trainer.config.RunConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Executors die at steps drawn at random, and the weights are those of the undisturbed run to the
 * bit. {@code -Dsinter.chaos.seed=N} draws the same steps again, {@code -Dsinter.chaos.runs=N}
 * makes more or fewer runs.
 */
@Tag("full")
@Timeout(value = 3600, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ChaosTest {
  private static final int RUNS = Integer.getInteger("sinter.chaos.runs", 20);
  private static final int EPOCHS = 60;
  private static final String EPOCHS_KEY = "train.epochs=" + EPOCHS;

  /** Spark gives up a stage after so many attempts unless it is told otherwise. */
  private static final int SPARKS_ATTEMPTS = 4;

  @TempDir static Path folder;

  private final long seed = Long.getLong("sinter.chaos.seed", System.nanoTime());
  private final Random random = new Random(seed);
  private SparkSession spark;

  private TinyRuns start(Map<String, String> settings) throws Exception {
    System.out.println("sinter.chaos.seed=" + seed);
    spark =
        SparkSession.builder()
            .config(
                SparkTestClusters.conf("chaos", 2, 1, settings)
                    .set("spark.stage.maxConsecutiveAttempts", "100"))
            .getOrCreate();
    return TinyRuns.segmentation(spark, folder.resolve("data-" + seed));
  }

  @AfterEach
  void stop() {
    spark.stop();
  }

  private TrainingResult train(RunConfig run, TrainingListener listener) {
    return new TrainingJob(spark, run, Map.of()).run(Resume.NEVER, listener);
  }

  /** A step of which the workers tell before the last epochs, which are too fast to be hit. */
  private long drawStep(long totalSteps) {
    return 1L + random.nextInt((int) (totalSteps * 3 / 4));
  }

  @Test
  void twentyRunsEndInTheUndisturbedBits() throws Exception {
    TinyRuns runs = start(Map.of());
    String undisturbed = ReferenceRun.parametersSha256(runs.config("0", EPOCHS_KEY), folder);
    long steps = steps(runs);
    List<String> bits = new ArrayList<>();
    for (int i = 1; i <= RUNS; i++) {
      ExecutorKills kills = new ExecutorKills(List.of(drawStep(steps)), random);
      TrainingResult result = train(runs.config("killed-" + i, EPOCHS_KEY), kills);
      System.out.printf(
          "run %d of %d: killed %s, restarted after %s, %.1f s, %s%n",
          i,
          RUNS,
          kills.killed(),
          kills.restarts(),
          result.seconds(),
          result.parametersSha256().equals(undisturbed) ? "same bits" : "OTHER BITS");
      assertThat(kills.killed()).hasSize(1);
      assertThat(kills.restarts()).isNotEmpty();
      bits.add(result.parametersSha256());
    }
    assertThat(bits).hasSize(RUNS).containsOnly(undisturbed);
  }

  @Test
  void moreKillsThanSparkAllowsAttempts() throws Exception {
    surviveManyKills(Map.of());
  }

  @Test
  void theSameAuthenticatedAndEncrypted() throws Exception {
    surviveManyKills(
        Map.of(
            "spark.authenticate", "true",
            "spark.authenticate.secret", "of this test",
            "spark.network.crypto.enabled", "true"));
  }

  private void surviveManyKills(Map<String, String> settings) throws Exception {
    TinyRuns runs = start(settings);
    String undisturbed = ReferenceRun.parametersSha256(runs.config("0", EPOCHS_KEY), folder);
    List<Long> targets = new ArrayList<>();
    for (int kill = 0; kill < SPARKS_ATTEMPTS + 2; kill++) {
      targets.add(drawStep(steps(runs)));
    }
    targets.sort(null);
    ExecutorKills kills = new ExecutorKills(targets, random);
    TrainingResult result = train(runs.config("killed", EPOCHS_KEY), kills);
    System.out.printf("killed %s, restarted after %s%n", kills.killed(), kills.restarts());
    assertThat(kills.killed()).hasSize(targets.size());
    assertThat(kills.restarts()).hasSizeGreaterThan(SPARKS_ATTEMPTS);
    assertThat(result.parametersSha256()).isEqualTo(undisturbed);
  }

  private long steps(TinyRuns runs) {
    return runs.steps(runs.config("0", EPOCHS_KEY));
  }
}
