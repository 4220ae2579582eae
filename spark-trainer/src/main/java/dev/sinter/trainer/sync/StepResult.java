package dev.sinter.trainer.sync;

/**
 * What a worker knows after a step.
 *
 * @param meanLoss mean over the lanes: of all workers, or between two averagings of this worker
 * @param gradientNorm norm of the mean gradient over the same lanes, before clipping
 * @param bytesSent payload pushed to other workers in this step
 * @param computeWaitNanos time spent waiting for other workers' gradients: their computation and
 *     transfer
 * @param transferNanos time spent in the rest of the exchange
 */
public record StepResult(
    double meanLoss,
    double gradientNorm,
    long bytesSent,
    long computeWaitNanos,
    long transferNanos) {
  /**
   * Whether the step was taken: otherwise it left parameters, statistics and state as they were.
   */
  public boolean isFinite() {
    return Gradients.areFinite(meanLoss, gradientNorm);
  }
}
