package dev.sinter.dataset.source.codec;

/**
 * Coding parameters of ISO 14495-1, C.2.4.1.1.
 *
 * @param maximum largest sample
 * @param t1 first threshold of gradients
 * @param t2 second threshold
 * @param t3 third threshold
 * @param reset occurrences of a context after which its counters are halved
 */
record JpegLsPreset(int maximum, int t1, int t2, int t3, int reset) {

  /** Completes what a stream leaves at 0 by its default, and checks the rest. */
  JpegLsPreset completed(int precision, int near) {
    int largest = (1 << precision) - 1;
    int max = maximum == 0 ? largest : maximum;
    int first;
    int second;
    int third;
    if (max >= 128) {
      int factor = (Math.min(max, 4095) + 128) / 256;
      first = clamp(factor + 2 + 3 * near, near + 1, max);
      second = clamp(4 * factor + 3 + 5 * near, t1 == 0 ? first : t1, max);
      third = clamp(17 * factor + 4 + 7 * near, t2 == 0 ? second : t2, max);
    } else {
      int factor = 256 / (max + 1);
      first = clamp(Math.max(2, 3 / factor + 3 * near), near + 1, max);
      second = clamp(Math.max(3, 7 / factor + 5 * near), t1 == 0 ? first : t1, max);
      third = clamp(Math.max(4, 21 / factor + 7 * near), t2 == 0 ? second : t2, max);
    }
    JpegLsPreset whole =
        new JpegLsPreset(
            max,
            t1 == 0 ? first : t1,
            t2 == 0 ? second : t2,
            t3 == 0 ? third : t3,
            reset == 0 ? 64 : reset);
    boolean ordered =
        near < whole.t1 && whole.t1 <= whole.t2 && whole.t2 <= whole.t3 && whole.t3 <= max;
    if (max > largest || !ordered || whole.reset < 3 || whole.reset > Math.max(255, max)) {
      throw CodecErrors.unreadable(
          JpegLsCodec.NAME, "illegal parameters for " + precision + " bits: " + whole);
    }
    return whole;
  }

  private static int clamp(int value, int least, int most) {
    return value > most || value < least ? least : value;
  }
}
