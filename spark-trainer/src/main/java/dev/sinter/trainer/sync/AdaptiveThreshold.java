package dev.sinter.trainer.sync;

/** Follows the magnitude above which a wanted number of elements lies, from step to step. */
final class AdaptiveThreshold {
  /** A tail whose count falls with the fourth power of the threshold is met in one step. */
  private static final double RESPONSE = 0.25;

  private static final double LARGEST_FACTOR = 2;

  /** With more elements than so many times the wanted number, the threshold is found anew. */
  static final int LARGEST_EXCESS = 2;

  private AdaptiveThreshold() {}

  /**
   * The threshold of the next step.
   *
   * @param threshold of this step
   * @param selected how many elements reached it
   * @param wanted how many are wanted in the next step
   */
  static float next(float threshold, long selected, long wanted) {
    double factor = StrictMath.pow(Math.max(selected, 1) / (double) wanted, RESPONSE);
    double bounded = Math.max(1 / LARGEST_FACTOR, Math.min(LARGEST_FACTOR, factor));
    return Math.max(Float.MIN_NORMAL, (float) (threshold * bounded));
  }
}
