package dev.sinter.trainer.run;

import dev.sinter.dataset.Task;
import dev.sinter.trainer.checkpoint.CheckpointManifest.EpochRecord;
import dev.sinter.trainer.report.EpochPoint;
import dev.sinter.trainer.report.LearningCurves;
import java.util.List;

/** Turns a run's history into its learning curves. */
public final class Curves {
  private Curves() {}

  /** Curves of a task's history. */
  public static LearningCurves of(String task, List<EpochRecord> history, int bestEpoch) {
    return new LearningCurves(
        task.equals(Task.SEGMENTATION.key()) ? "mean foreground Dice" : "accuracy",
        bestEpoch,
        history.stream()
            .map(
                epoch ->
                    new EpochPoint(
                        epoch.epoch(),
                        epoch.trainLoss(),
                        epoch.validationLoss(),
                        epoch.validationMetric(),
                        epoch.learningRate(),
                        epoch.seconds(),
                        epoch.imagesPerSecond()))
            .toList());
  }
}
