package dev.sinter.trainer.training;

import dev.sinter.error.SinterException;
import dev.sinter.model.pretrained.ImportReport;
import dev.sinter.trainer.checkpoint.CheckpointManifest;
import dev.sinter.trainer.checkpoint.CheckpointManifest.ChangedSetting;
import dev.sinter.trainer.checkpoint.CheckpointManifest.EpochRecord;
import dev.sinter.trainer.checkpoint.CheckpointManifest.RollBack;
import dev.sinter.trainer.checkpoint.Checkpoints;
import dev.sinter.trainer.tracking.Tracking;
import java.util.List;

/** Passes a run's course on to the user's listener, to where it is written and to Spark. */
final class TrackedListener implements TrainingListener {
  private final TrainingListener listener;
  private final Tracking tracking;
  private final RunMetrics metrics;
  private final Checkpoints checkpoints;
  private final int stepsPerEpoch;

  TrackedListener(
      TrainingListener listener,
      Tracking tracking,
      RunMetrics metrics,
      Checkpoints checkpoints,
      int stepsPerEpoch) {
    this.listener = listener;
    this.tracking = tracking;
    this.metrics = metrics;
    this.checkpoints = checkpoints;
    this.stepsPerEpoch = stepsPerEpoch;
  }

  @Override
  public void onStart(long step, long totalSteps) {
    tracking.begin(step, stepsPerEpoch, () -> historyAt(step));
    metrics.begin(step, totalSteps);
    listener.onStart(step, totalSteps);
  }

  /** The epochs before a step, from its checkpoint: what an earlier driver wrote may lack some. */
  private List<EpochRecord> historyAt(long step) {
    return checkpoints
        .newestManifest()
        .filter(manifest -> manifest.step() >= step)
        .map(CheckpointManifest::history)
        .map(
            history ->
                history.stream()
                    .filter(epoch -> (long) epoch.epoch() * stepsPerEpoch <= step)
                    .toList())
        .orElse(List.of());
  }

  @Override
  public void onStep(long step, double meanLoss) {
    tracking.step(step, meanLoss);
    metrics.step(step, meanLoss);
    listener.onStep(step, meanLoss);
  }

  @Override
  public void onEpoch(EpochRecord epoch, int epochs, boolean best) {
    tracking.epoch(epoch, stepsPerEpoch);
    metrics.epoch(epoch);
    listener.onEpoch(epoch, epochs, best);
  }

  @Override
  public void onWaitForFolder(String holder) {
    listener.onWaitForFolder(holder);
  }

  @Override
  public void onApproximation(List<ChangedSetting> changed) {
    listener.onApproximation(changed);
  }

  @Override
  public void onPretrained(ImportReport report) {
    listener.onPretrained(report);
  }

  @Override
  public void onTrackingFailure(SinterException failure) {
    listener.onTrackingFailure(failure);
  }

  @Override
  public void onRestart(int attempt, SinterException failure) {
    listener.onRestart(attempt, failure);
  }

  @Override
  public void onRollBack(RollBack rollBack, int number) {
    listener.onRollBack(rollBack, number);
  }

  @Override
  public void onWorker(WorkerProgress progress) {
    metrics.worker(progress);
    listener.onWorker(progress);
  }
}
