package dev.sinter.trainer.training;

import dev.sinter.trainer.sync.StepResult;

/** Adds up where one worker's time goes in an epoch, and the mean loss. */
final class EpochClock {
  private final long startNanos = System.nanoTime();
  private long stepStartNanos;
  private long endNanos;
  private long computeNanos;
  private long waitNanos;
  private long transferNanos;
  private long bytesSent;
  private double lossSum;
  private long steps;
  private int skippedSteps;

  void startStep() {
    stepStartNanos = System.nanoTime();
  }

  void lanesComputed() {
    computeNanos += System.nanoTime() - stepStartNanos;
  }

  void endStep(StepResult result) {
    waitNanos += result.computeWaitNanos();
    transferNanos += result.transferNanos();
    bytesSent += result.bytesSent();
    if (result.isFinite()) {
      lossSum += result.meanLoss();
    } else {
      skippedSteps++;
    }
    steps++;
    endNanos = System.nanoTime();
  }

  EpochPart part(ValidationScores.Part validation, int lanes, int imagesPerStep) {
    return new EpochPart(
        validation,
        Hosts.name(),
        (endNanos - startNanos) / 1e9,
        computeNanos / 1e9,
        waitNanos / 1e9,
        transferNanos / 1e9,
        bytesSent,
        lossSum / (steps - skippedSteps),
        lanes,
        steps * imagesPerStep,
        skippedSteps);
  }
}
