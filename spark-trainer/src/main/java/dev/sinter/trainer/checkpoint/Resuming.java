package dev.sinter.trainer.checkpoint;

import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import dev.sinter.trainer.checkpoint.CheckpointManifest.ChangedSetting;
import dev.sinter.trainer.checkpoint.CheckpointManifest.RunIdentity;
import dev.sinter.trainer.config.EngineConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.hadoop.fs.Path;

/**
 * Decides whether a run may go on from a checkpoint.
 *
 * @param expected what the run is
 * @param continuation whether it has to be the run that wrote the checkpoint
 */
public record Resuming(RunIdentity expected, Continuation continuation) {
  private static final String EPOCHS = "train.epochs";
  private static final Set<String> SPARSE = Set.of("threshold", "top-k");
  private static final Set<String> ENDLESS_SCHEDULES = Set.of("constant", "step");
  private static final String PRECISION = "engine.precision";

  /** Asks for the same run. */
  public static Resuming exactly(RunIdentity expected) {
    return new Resuming(expected, Continuation.EXACT);
  }

  /**
   * Compares a checkpoint with the run.
   *
   * @return what differs without keeping the run from going on; nothing when it goes on to the same
   *     bits
   * @throws SinterException {@code RESUME_MISMATCH}, naming everything that keeps it from going on
   */
  List<ChangedSetting> require(CheckpointManifest found, Path folder) {
    List<ChangedSetting> permitted = new ArrayList<>();
    List<String> refused = new ArrayList<>();
    for (ChangedSetting change : changes(found.run())) {
      if (isApproximable(change.key())) {
        permitted.add(change);
      } else {
        refused.add(was(change));
      }
    }
    if (!found.run().dataset().equals(expected.dataset())) {
      refused.add("the dataset was another one, or was prepared or split otherwise");
    } else if (found.run().stepsPerEpoch() != expected.stepsPerEpoch()) {
      refused.add(
          "an epoch had "
              + found.run().stepsPerEpoch()
              + " steps and has now "
              + expected.stepsPerEpoch());
    }
    String epochs = expected.settings().get(EPOCHS);
    if (epochs != null && found.epoch() > Integer.parseInt(epochs)) {
      refused.add(found.epoch() + " epochs are done and " + EPOCHS + " is now " + epochs);
    }
    boolean otherwiseTheSame = refused.isEmpty();
    if (continuation == Continuation.EXACT) {
      permitted.forEach(change -> refused.add(was(change)));
    }
    if (!refused.isEmpty()) {
      throw new SinterException(
          ErrorCategory.USAGE,
          "RESUME_MISMATCH",
          folder + " is of another run: " + String.join("; ", refused),
          "use the configuration that wrote it, or another train.output for a new run"
              + (otherwiseTheSame
                  ? ", or go on all the same with --resume-approximate, though not to the same bits"
                  : ""));
    }
    return permitted;
  }

  private List<ChangedSetting> changes(RunIdentity found) {
    List<ChangedSetting> changes = new ArrayList<>();
    Set<String> keys = new TreeSet<>(expected.settings().keySet());
    keys.addAll(found.settings().keySet());
    for (String key : keys) {
      String was = found.settings().getOrDefault(key, "not set");
      String is = expected.settings().getOrDefault(key, "not set");
      boolean workersDecide = key.equals(PRECISION) && is.equals(EngineConfig.AUTO);
      if (!was.equals(is) && !workersDecide && !(key.equals(EPOCHS) && isScheduleEndless())) {
        changes.add(new ChangedSetting(key, was, is));
      }
    }
    if (dependsOnWorkers() && found.workers() != expected.workers()) {
      changes.add(
          new ChangedSetting(
              "cluster.workers",
              String.valueOf(found.workers()),
              String.valueOf(expected.workers())));
    }
    return changes;
  }

  /** Whether another number of workers gives other bits. */
  private boolean dependsOnWorkers() {
    return "parameter-averaging".equals(expected.settings().get("sync.strategy"))
        || SPARSE.contains(expected.settings().getOrDefault("sync.compression", "none"));
  }

  /** Then a run of more epochs begins with the very steps of a shorter one. */
  private boolean isScheduleEndless() {
    return ENDLESS_SCHEDULES.contains(
        expected.settings().getOrDefault("optimizer.schedule.name", ""));
  }

  /** Whether parameters and optimizer state keep their meaning when this key changes. */
  private static boolean isApproximable(String key) {
    return key.startsWith("engine.") || key.equals(EPOCHS) || key.equals("cluster.workers");
  }

  private static String was(ChangedSetting change) {
    return change.key() + " was " + change.from() + " and is now " + change.to();
  }
}
