package dev.sinter.trainer.checkpoint;

import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import dev.sinter.trainer.checkpoint.CheckpointManifest.RunIdentity;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.fs.Path;

/** Decides whether a run may go on from a checkpoint to the same bits. */
final class Resuming {
  private Resuming() {}

  /**
   * Refuses a checkpoint of another run.
   *
   * @throws SinterException {@code RESUME_MISMATCH}, naming everything that differs
   */
  static void requireSame(RunIdentity expected, RunIdentity found, Path folder) {
    List<String> differences = new ArrayList<>();
    compare(differences, "train.seed", found.seed(), expected.seed());
    compare(differences, "train.lanes", found.lanes(), expected.lanes());
    compare(
        differences, "train.micro-batch-size", found.microBatchSize(), expected.microBatchSize());
    compare(differences, "steps per epoch", found.stepsPerEpoch(), expected.stepsPerEpoch());
    compare(differences, "engine.precision", found.precision(), expected.precision());
    compare(
        differences, "engine.threads-per-lane", found.threadsPerLane(), expected.threadsPerLane());
    compare(differences, "sync", found.strategy(), expected.strategy());
    compare(differences, "optimizer", found.optimizer(), expected.optimizer());
    compare(differences, "dataset", found.datasetFingerprint(), expected.datasetFingerprint());
    if (expected.strategy().startsWith("parameter-averaging")) {
      compare(differences, "cluster.workers", found.workers(), expected.workers());
    }
    if (!differences.isEmpty()) {
      throw new SinterException(
          ErrorCategory.USAGE,
          "RESUME_MISMATCH",
          folder + " is of another run: " + String.join("; ", differences),
          "use the configuration that wrote it, or another train.output for a new run");
    }
  }

  private static void compare(List<String> differences, String key, Object found, Object expected) {
    if (!found.equals(expected)) {
      differences.add(key + " was " + found + " and is now " + expected);
    }
  }
}
