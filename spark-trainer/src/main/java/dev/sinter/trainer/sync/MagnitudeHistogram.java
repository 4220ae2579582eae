package dev.sinter.trainer.sync;

import java.util.Arrays;

/** Counts magnitudes by their upper 16 bits, which are in the order of the numbers. */
final class MagnitudeHistogram {
  static final int MAGNITUDE = 0x7fff_ffff;
  private static final int LOW_BITS = 16;

  private final int[] counts = new int[1 << (Integer.SIZE - 1 - LOW_BITS)];

  void add(float value) {
    counts[(Float.floatToRawIntBits(value) & MAGNITUDE) >>> LOW_BITS]++;
  }

  void add(MagnitudeHistogram other) {
    for (int i = 0; i < counts.length; i++) {
      counts[i] += other.counts[i];
    }
  }

  void clear() {
    Arrays.fill(counts, 0);
  }

  /**
   * Bits of a magnitude that at least {@code wanted} of all reach, and the fewest above it by less
   * than a bucket; never zero.
   */
  int floorFor(long wanted) {
    long reached = 0;
    for (int bucket = counts.length - 1; bucket > 0; bucket--) {
      reached += counts[bucket];
      if (reached >= wanted) {
        return bucket << LOW_BITS;
      }
    }
    return 1; // fewer are not zero
  }
}
