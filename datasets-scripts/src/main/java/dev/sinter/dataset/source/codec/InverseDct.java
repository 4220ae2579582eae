package dev.sinter.dataset.source.codec;

/**
 * The inverse DCT of 8 x 8 blocks in integers, after Loeffler, Ligtenberg and Moschytz (1989), with
 * constants of 13 bits and the rounding of the reference codecs' accurate method, so that lossy
 * pictures agree with theirs to the bit.
 */
final class InverseDct {
  private static final int BITS = 13;
  private static final int C0_298 = 2446;
  private static final int C0_390 = 3196;
  private static final int C0_541 = 4433;
  private static final int C0_765 = 6270;
  private static final int C0_899 = 7373;
  private static final int C1_175 = 9633;
  private static final int C1_501 = 12299;
  private static final int C1_847 = 15137;
  private static final int C1_961 = 16069;
  private static final int C2_053 = 16819;
  private static final int C2_562 = 20995;
  private static final int C3_072 = 25172;

  private final int firstPassBits;
  private final int center;
  private final int maximum;
  private final int[] work = new int[64];

  InverseDct(int precision) {
    firstPassBits = precision == 8 ? 2 : 1;
    center = 1 << (precision - 1);
    maximum = (1 << precision) - 1;
  }

  /** A block whose other coefficients are all zero. */
  void flat(int dc, short[] out, int at, int stride) {
    int shift = firstPassBits + 3;
    short value = clamp((((dc << firstPassBits) + (1 << (shift - 1))) >> shift) + center);
    for (int y = 0, row = at; y < 8; y++, row += stride) {
      for (int x = 0; x < 8; x++) {
        out[row + x] = value;
      }
    }
  }

  /**
   * Transforms a block.
   *
   * @param in 64 dequantised coefficients, row by row
   * @param out receives samples from {@code at} on, rows {@code stride} apart
   */
  void transform(int[] in, short[] out, int at, int stride) {
    int shift = BITS - firstPassBits;
    for (int x = 0; x < 8; x++) {
      pass(in, x, 8, shift);
    }
    shift = BITS + firstPassBits + 3;
    for (int y = 0; y < 8; y++) {
      pass(work, 8 * y, 1, shift);
      int row = at + y * stride;
      for (int x = 0; x < 8; x++) {
        out[row + x] = clamp(work[8 * y + x] + center);
      }
    }
  }

  private short clamp(int value) {
    return (short) (value < 0 ? 0 : Math.min(value, maximum));
  }

  /** One line of eight, {@code step} apart, from {@code in} to the same places of the work area. */
  private void pass(int[] in, int at, int step, int shift) {
    int[] to = work;
    int s0 = in[at];
    int s1 = in[at + step];
    int s2 = in[at + 2 * step];
    int s3 = in[at + 3 * step];
    int s4 = in[at + 4 * step];
    int s5 = in[at + 5 * step];
    int s6 = in[at + 6 * step];
    int s7 = in[at + 7 * step];
    int half = 1 << (shift - 1);
    if ((s1 | s2 | s3 | s4 | s5 | s6 | s7) == 0) {
      int value = ((s0 << BITS) + half) >> shift;
      for (int i = 0, p = at; i < 8; i++, p += step) {
        to[p] = value;
      }
      return;
    }
    int z = (s2 + s6) * C0_541;
    int e2 = z - s6 * C1_847;
    int e3 = z + s2 * C0_765;
    int e0 = (s0 + s4) << BITS;
    int e1 = (s0 - s4) << BITS;
    int a0 = e0 + e3 + half;
    int a3 = e0 - e3 + half;
    int a1 = e1 + e2 + half;
    int a2 = e1 - e2 + half;

    int z5 = (s7 + s3 + s5 + s1) * C1_175;
    int z1 = -(s7 + s1) * C0_899;
    int z2 = -(s5 + s3) * C2_562;
    int z3 = z5 - (s7 + s3) * C1_961;
    int z4 = z5 - (s5 + s1) * C0_390;
    int o0 = s7 * C0_298 + z1 + z3;
    int o1 = s5 * C2_053 + z2 + z4;
    int o2 = s3 * C3_072 + z2 + z3;
    int o3 = s1 * C1_501 + z1 + z4;

    to[at] = (a0 + o3) >> shift;
    to[at + step] = (a1 + o2) >> shift;
    to[at + 2 * step] = (a2 + o1) >> shift;
    to[at + 3 * step] = (a3 + o0) >> shift;
    to[at + 4 * step] = (a3 - o0) >> shift;
    to[at + 5 * step] = (a2 - o1) >> shift;
    to[at + 6 * step] = (a1 - o2) >> shift;
    to[at + 7 * step] = (a0 - o3) >> shift;
  }
}
