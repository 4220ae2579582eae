package dev.sinter.trainer.sync;

/** What is judged of a whole gradient. */
final class Gradients {
  /** PyTorch's guard in {@code clip_grad_norm_}. */
  private static final double CLIP_GUARD = 1e-6;

  private Gradients() {}

  /** The factor that brings a gradient to the largest norm allowed; 0 allows any. */
  static float clipFactor(double norm, double largest) {
    return largest > 0 ? (float) Math.min(1, largest / (norm + CLIP_GUARD)) : 1;
  }

  /** Whether a step may be taken; decided alike by all who share loss and norm. */
  static boolean areFinite(double loss, double norm) {
    return Double.isFinite(loss) && Double.isFinite(norm);
  }
}
