package dev.sinter.trainer.run;

import dev.sinter.error.SinterException;
import dev.sinter.model.pretrained.ImportReport;
import dev.sinter.trainer.checkpoint.CheckpointManifest.ChangedSetting;
import dev.sinter.trainer.checkpoint.CheckpointManifest.EpochRecord;
import dev.sinter.trainer.checkpoint.CheckpointManifest.RollBack;
import dev.sinter.trainer.training.TrainingListener;
import dev.sinter.trainer.training.WorkerProgress;
import java.util.List;

/**
 * Tells several listeners, in order.
 *
 * @param listeners who are told
 */
record TrainingListeners(List<TrainingListener> listeners) implements TrainingListener {
  @Override
  public void onWaitForFolder(String holder) {
    listeners.forEach(listener -> listener.onWaitForFolder(holder));
  }

  @Override
  public void onApproximation(List<ChangedSetting> changed) {
    listeners.forEach(listener -> listener.onApproximation(changed));
  }

  @Override
  public void onPretrained(ImportReport report) {
    listeners.forEach(listener -> listener.onPretrained(report));
  }

  @Override
  public void onTrackingFailure(SinterException failure) {
    listeners.forEach(listener -> listener.onTrackingFailure(failure));
  }

  @Override
  public void onStart(long step, long totalSteps) {
    listeners.forEach(listener -> listener.onStart(step, totalSteps));
  }

  @Override
  public void onRestart(int attempt, SinterException failure) {
    listeners.forEach(listener -> listener.onRestart(attempt, failure));
  }

  @Override
  public void onRollBack(RollBack rollBack, int number) {
    listeners.forEach(listener -> listener.onRollBack(rollBack, number));
  }

  @Override
  public void onStep(long step, double meanLoss) {
    listeners.forEach(listener -> listener.onStep(step, meanLoss));
  }

  @Override
  public void onWorker(WorkerProgress progress) {
    listeners.forEach(listener -> listener.onWorker(progress));
  }

  @Override
  public void onEpoch(EpochRecord epoch, int epochs, boolean best) {
    listeners.forEach(listener -> listener.onEpoch(epoch, epochs, best));
  }
}
