package dev.sinter.trainer.engine.libtorch;

import dev.sinter.trainer.engine.libtorch.Operation.Unary;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/**
 * Batch normalisation over all dimensions but the channels.
 *
 * @param gamma scale, or nothing
 * @param beta shift, or nothing
 * @param mean running mean, and where the batch's goes
 * @param variance running variance, and where the batch's unbiased one goes
 * @param epsilon added to the variance
 * @param statistics which it computes with in training
 */
record BatchNorm(
    TensorOptional gamma,
    TensorOptional beta,
    Parameter mean,
    Parameter variance,
    double epsilon,
    Statistics statistics)
    implements Unary {
  /** What a batch is normalised with in training. */
  enum Statistics {
    /** Its own. */
    OF_BATCH,
    /** The running ones, as in evaluation. */
    RUNNING
  }

  /** The "running" statistic becomes this batch's own. */
  private static final double REPLACE = 1.0;

  @Override
  public boolean leavesOutputFree() {
    return true;
  }

  @Override
  public Tensor apply(Tensor input, Pass pass) {
    return pass.isTraining() && statistics == Statistics.OF_BATCH
        ? torch.batch_norm(
            input, gamma, beta, mean.received(), variance.received(), true, REPLACE, epsilon, false)
        : torch.batch_norm(
            input,
            gamma,
            beta,
            mean.optional(),
            variance.optional(),
            false,
            REPLACE,
            epsilon,
            false);
  }
}
