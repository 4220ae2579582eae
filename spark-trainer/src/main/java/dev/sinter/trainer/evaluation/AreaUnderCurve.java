package dev.sinter.trainer.evaluation;

import java.util.Arrays;

/** The exact area under the ROC curve: the Mann-Whitney statistic with midranks for ties. */
final class AreaUnderCurve {
  private AreaUnderCurve() {}

  /** The area for one class against the rest; NaN without positives or without negatives. */
  static double of(float[] scores, int[] truths, int samples, int positive) {
    // Score in the high half, in an order-preserving form; whether positive in the lowest bit.
    long[] keys = new long[samples];
    long positives = 0;
    for (int i = 0; i < samples; i++) {
      boolean isPositive = truths[i] == positive;
      keys[i] = ((long) ordered(scores[i]) << 32) | (isPositive ? 1 : 0);
      positives += isPositive ? 1 : 0;
    }
    long negatives = samples - positives;
    if (positives == 0 || negatives == 0) {
      return Double.NaN;
    }
    Arrays.sort(keys);
    long doubledRanks = 0;
    for (int from = 0; from < samples; ) {
      int to = from;
      long tiedPositives = 0;
      while (to < samples && keys[to] >> 32 == keys[from] >> 32) {
        tiedPositives += keys[to] & 1;
        to++;
      }
      // The ranks from + 1 ... to have the mean (from + 1 + to) / 2.
      doubledRanks += tiedPositives * ((long) from + 1 + to);
      from = to;
    }
    return (doubledRanks - positives * (positives + 1)) / (2.0 * positives * negatives);
  }

  private static int ordered(float score) {
    int bits = Float.floatToIntBits(score);
    return bits >= 0 ? bits : bits ^ Integer.MAX_VALUE;
  }
}
