package dev.sinter.trainer.training;

import dev.sinter.error.SinterException;
import dev.sinter.model.pretrained.ImportReport;
import dev.sinter.trainer.checkpoint.CheckpointManifest.ChangedSetting;
import dev.sinter.trainer.checkpoint.CheckpointManifest.EpochRecord;
import dev.sinter.trainer.checkpoint.CheckpointManifest.RollBack;
import java.util.List;

/** Hears on the driver how a run goes on; called by one thread at a time. */
public interface TrainingListener {
  /**
   * Another driver has the run's folder, and it is not known whether it lives.
   *
   * @param holder in words
   */
  default void onWaitForFolder(String holder) {}

  /**
   * The run is about to go on from a checkpoint that was written with other settings, so not to the
   * bits of an undisturbed run.
   */
  default void onApproximation(List<ChangedSetting> changed) {}

  /** The run starts from pre-trained weights. */
  default void onPretrained(ImportReport report) {}

  /**
   * Where the run's course is written, something is missing; training goes on. Told once for each
   * place, by a thread of its own, and logged in any case.
   */
  default void onTrackingFailure(SinterException failure) {}

  /**
   * All workers have begun.
   *
   * @param step global steps done before, more than 0 when the run goes on from a checkpoint
   * @param totalSteps of the whole run
   */
  void onStart(long step, long totalSteps);

  /**
   * The workers failed and begin again from the last checkpoint.
   *
   * @param attempt that begins, the first restart being 1
   * @param failure why, as far as it is known
   */
  default void onRestart(int attempt, SinterException failure) {}

  /**
   * A step was not finite; the workers begin again from the last checkpoint, with a lower learning
   * rate.
   *
   * @param number of the run's roll-backs, this one included
   */
  default void onRollBack(RollBack rollBack, int number) {}

  /** A step is done; not called for every one. */
  void onStep(long step, double meanLoss);

  /** How one of the workers fares; each is heard of about once a second. */
  default void onWorker(WorkerProgress progress) {}

  /** An epoch is done and its checkpoint is whole. */
  void onEpoch(EpochRecord epoch, int epochs, boolean best);
}
