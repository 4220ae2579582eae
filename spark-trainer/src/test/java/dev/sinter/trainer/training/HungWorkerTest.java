package dev.sinter.trainer.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.error.SinterException;
import dev.sinter.trainer.SparkTestClusters;
import dev.sinter.trainer.TinyRuns;
import dev.sinter.trainer.checkpoint.CheckpointManifest.EpochRecord;
import dev.sinter.trainer.config.RunConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Map;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An executor that is there and does nothing, as in a swap storm or on a network that is cut. */
@Tag("full")
@Timeout(value = 600, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HungWorkerTest {
  @TempDir Path folder;

  @Test
  void isNamedAtTheDeadlineAndTheRunGoesOnElsewhere() throws Exception {
    try (SparkSession spark =
        SparkSession.builder()
            .config(
                SparkTestClusters.conf("hung", 2, 2, Map.of())
                    .set("spark.stage.maxConsecutiveAttempts", "100"))
            .getOrCreate()) {
      TinyRuns runs = TinyRuns.segmentation(spark, folder);
      RunConfig run = runs.config("hung", "train.epochs=20", "cluster.timeout-seconds=15");
      Stopping stopping = new Stopping();
      TrainingResult result = new TrainingJob(spark, run, Map.of()).run(Resume.NEVER, stopping);
      System.out.println(stopping.reason);
      assertThat(stopping.reason)
          .startsWith("EXCHANGE_TIMEOUT: waited 1")
          .containsPattern("worker [01] at 127.0.0.1");
      assertThat(result.parametersSha256()).isEqualTo(ReferenceRun.parametersSha256(run, folder));
    }
  }

  /** Halts an executor after the second epoch, until the workers begin again. */
  private static final class Stopping implements TrainingListener {
    private String reason = "";
    private ProcessHandle victim;

    private static void signal(String signal, ProcessHandle process) {
      try {
        new ProcessBuilder("kill", signal, Long.toString(process.pid())).start().waitFor();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public void onStart(long step, long totalSteps) {
      // the first, or the one after the restart
    }

    @Override
    public void onRestart(int attempt, SinterException failure) {
      if (reason.isEmpty()) {
        reason = failure.code() + ": " + failure.getMessage();
        signal("-CONT", victim);
      }
    }

    @Override
    public void onStep(long step, double meanLoss) {
      // whichever
    }

    @Override
    public void onEpoch(EpochRecord epoch, int epochs, boolean best) {
      if (epoch.epoch() == 2 && victim == null) {
        victim = ExecutorKills.executors().get(0);
        signal("-STOP", victim);
      }
    }
  }
}
