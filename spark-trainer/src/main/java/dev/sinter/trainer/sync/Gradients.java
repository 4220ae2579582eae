package dev.sinter.trainer.sync;

import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;

/** What is judged of a whole gradient. */
final class Gradients {
  /** PyTorch's guard in {@code clip_grad_norm_}. */
  private static final double CLIP_GUARD = 1e-6;

  private Gradients() {}

  /** The factor that brings a gradient to the largest norm allowed; 0 allows any. */
  static float clipFactor(double norm, double largest) {
    return largest > 0 ? (float) Math.min(1, largest / (norm + CLIP_GUARD)) : 1;
  }

  static void requireFinite(double loss, double norm, long step, double learningRate) {
    if (!Double.isFinite(loss) || !Double.isFinite(norm)) {
      throw new SinterException(
          ErrorCategory.DIVERGED,
          "LOSS_NOT_FINITE",
          "in step "
              + step
              + ", at learning rate "
              + learningRate
              + ", the loss is "
              + loss
              + " and the gradient norm "
              + norm,
          "Lower optimizer.learning-rate, lengthen optimizer.schedule.warm-up-epochs or set"
              + " optimizer.clip-norm, and train anew into another train.output.");
    }
  }
}
