package dev.sinter.trainer.checkpoint;

import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import dev.sinter.trainer.checkpoint.CheckpointManifest.RunIdentity;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
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
    Set<String> keys = new TreeSet<>(expected.settings().keySet());
    keys.addAll(found.settings().keySet());
    for (String key : keys) {
      String was = found.settings().getOrDefault(key, "not set");
      String is = expected.settings().getOrDefault(key, "not set");
      if (!was.equals(is)) {
        differences.add(key + " was " + was + " and is now " + is);
      }
    }
    if (!found.dataset().equals(expected.dataset())) {
      differences.add("the dataset was another one, or was prepared or split otherwise");
    } else if (found.stepsPerEpoch() != expected.stepsPerEpoch()) {
      differences.add(
          "an epoch had "
              + found.stepsPerEpoch()
              + " steps and has now "
              + expected.stepsPerEpoch());
    }
    if ("parameter-averaging".equals(expected.settings().get("sync.strategy"))
        && found.workers() != expected.workers()) {
      differences.add(
          "cluster.workers was " + found.workers() + " and is now " + expected.workers());
    }
    if (!differences.isEmpty()) {
      throw new SinterException(
          ErrorCategory.USAGE,
          "RESUME_MISMATCH",
          folder + " is of another run: " + String.join("; ", differences),
          "use the configuration that wrote it, or another train.output for a new run");
    }
  }
}
