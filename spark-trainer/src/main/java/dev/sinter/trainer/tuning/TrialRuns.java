package dev.sinter.trainer.tuning;

import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import dev.sinter.trainer.checkpoint.AtomicFiles;
import dev.sinter.trainer.checkpoint.CheckpointManifest;
import dev.sinter.trainer.checkpoint.CheckpointManifest.EpochRecord;
import dev.sinter.trainer.checkpoint.Checkpoints;
import dev.sinter.trainer.checkpoint.RunDirectory;
import dev.sinter.trainer.training.Resume;
import dev.sinter.trainer.training.TrainingJob;
import dev.sinter.trainer.training.TrainingListener;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.spark.sql.SparkSession;

/** Trains trials up to a rung, or finds in their folders that they are there already. */
final class TrialRuns {
  /** In a trial's folder: why it diverged, so that it is not tried again. */
  private static final String DIVERGED = "diverged";

  /** What other parameters may not meet. */
  private static final Set<String> OF_THE_TRIAL =
      Set.of("OUT_OF_MEMORY", "MEMORY_TOO_SMALL", "TOO_FEW_SAMPLES");

  private final SparkSession spark;
  private final Map<String, String> versions;

  TrialRuns(SparkSession spark, Map<String, String> versions) {
    this.spark = spark;
    this.versions = versions;
  }

  /**
   * Trains a trial until it has done these epochs.
   *
   * @throws SinterException what another trial would meet too
   */
  TrialResult train(Trial trial, int epochs) {
    RunDirectory directory =
        RunDirectory.open(trial.run().train().output(), spark.sparkContext().hadoopConfiguration());
    Optional<String> diverged = diverged(directory);
    if (diverged.isPresent()) {
      return failed(trial, directory, diverged.get());
    }
    List<EpochRecord> history =
        new Checkpoints(directory, "", 0)
            .newestManifest()
            .map(CheckpointManifest::history)
            .orElse(List.of());
    if (history.size() < epochs) {
      try {
        history =
            new TrainingJob(spark, trial.run(), versions)
                .runUntil(epochs, Resume.AUTO, new Quiet())
                .history();
      } catch (SinterException e) {
        if (e.category() != ErrorCategory.DIVERGED && !OF_THE_TRIAL.contains(e.code())) {
          throw e;
        }
        if (e.category() == ErrorCategory.DIVERGED) {
          directory.writeText(DIVERGED, e.code() + "\n");
        }
        return failed(trial, directory, e.code());
      }
    }
    EpochRecord reached = history.get(epochs - 1);
    return new TrialResult(
        trial.number(),
        trial.values(),
        epochs,
        reached.validationMetric(),
        reached.validationLoss(),
        null,
        directory.toString());
  }

  private TrialResult failed(Trial trial, RunDirectory directory, String code) {
    return new TrialResult(
        trial.number(), trial.values(), 0, Double.NaN, Double.NaN, code, directory.toString());
  }

  private static Optional<String> diverged(RunDirectory directory) {
    try {
      return directory.fileSystem().exists(directory.resolve(DIVERGED))
          ? Optional.of(
              AtomicFiles.readText(directory.fileSystem(), directory.resolve(DIVERGED)).strip())
          : Optional.empty();
    } catch (IOException e) {
      throw AtomicFiles.failure(directory.resolve(DIVERGED), e);
    }
  }

  /** Several train at a time: their steps would be mixed. */
  private static final class Quiet implements TrainingListener {
    @Override
    public void onStart(long step, long totalSteps) {}

    @Override
    public void onStep(long step, double meanLoss) {}

    @Override
    public void onEpoch(EpochRecord epoch, int epochs, boolean best) {}
  }
}
