package dev.sinter.trainer.report;

import java.util.List;

/**
 * How the run went, epoch by epoch.
 *
 * @param metric name of the validation metric, such as {@code accuracy}
 * @param bestEpoch epoch of the best checkpoint; one that is not among the epochs marks nothing
 * @param epochs in order
 */
public record LearningCurves(String metric, int bestEpoch, List<EpochPoint> epochs) {
  /** Copies the list. */
  public LearningCurves {
    epochs = List.copyOf(epochs);
  }
}
