package dev.sinter.trainer.training;

import dev.sinter.trainer.sync.StepResult;

/** Adds up where one worker's time goes in an epoch, and the mean loss. */
final class EpochClock {
  private final long startNanos = System.nanoTime();
  private long stepStartNanos;
  private long endNanos;
  private long stepComputeNanos;
  private long computeNanos;
  private long waitNanos;
  private long transferNanos;
  private long bytesSent;
  private double lossSum;
  private long steps;
  private long images;
  private int skippedSteps;

  void startStep() {
    stepStartNanos = System.nanoTime();
  }

  void lanesComputed() {
    stepComputeNanos = System.nanoTime() - stepStartNanos;
    computeNanos += stepComputeNanos;
  }

  /**
   * Adds a step.
   *
   * @return where its time went
   */
  WorkerTimes endStep(StepResult result, int stepImages) {
    final long compute = stepComputeNanos;
    waitNanos += result.computeWaitNanos();
    transferNanos += result.transferNanos();
    bytesSent += result.bytesSent();
    if (result.isFinite()) {
      lossSum += result.meanLoss();
    } else {
      skippedSteps++;
    }
    steps++;
    images += stepImages;
    endNanos = System.nanoTime();
    return new WorkerTimes(
        1,
        (endNanos - stepStartNanos) / 1e9,
        compute / 1e9,
        result.computeWaitNanos() / 1e9,
        result.transferNanos() / 1e9,
        result.bytesSent(),
        stepImages);
  }

  EpochPart part(ValidationScores.Part validation, int lanes) {
    return new EpochPart(
        validation,
        Hosts.name(),
        new WorkerTimes(
            steps,
            (endNanos - startNanos) / 1e9,
            computeNanos / 1e9,
            waitNanos / 1e9,
            transferNanos / 1e9,
            bytesSent,
            images),
        lossSum / (steps - skippedSteps),
        lanes,
        skippedSteps);
  }
}
