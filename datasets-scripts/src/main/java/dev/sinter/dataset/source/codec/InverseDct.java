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
    for (int x = 0; x < 8; x++) {
      column(in, x);
    }
    for (int y = 0; y < 8; y++) {
      row(8 * y, out, at + y * stride);
    }
  }

  private short clamp(int value) {
    return (short) (value < 0 ? 0 : Math.min(value, maximum));
  }

  /**
   * A row of the work area, to samples. Written out beside {@link #column}: one method for both
   * would compute with strides, which took a tenth of the whole decoder's time.
   */
  private void row(int at, short[] out, int to) {
    int[] from = work;
    int shift = BITS + firstPassBits + 3;
    int s0 = from[at];
    int s1 = from[at + 1];
    int s2 = from[at + 2];
    int s3 = from[at + 3];
    int s4 = from[at + 4];
    int s5 = from[at + 5];
    int s6 = from[at + 6];
    int s7 = from[at + 7];
    int half = (1 << (shift - 1)) + (center << shift);
    int z = (s2 + s6) * C0_541;
    int e2 = z - s6 * C1_847;
    int e3 = z + s2 * C0_765;
    int e0 = ((s0 + s4) << BITS) + half;
    int e1 = ((s0 - s4) << BITS) + half;
    int a0 = e0 + e3;
    int a3 = e0 - e3;
    int a1 = e1 + e2;
    int a2 = e1 - e2;

    int z5 = (s7 + s3 + s5 + s1) * C1_175;
    int z1 = -(s7 + s1) * C0_899;
    int z2 = -(s5 + s3) * C2_562;
    int z3 = z5 - (s7 + s3) * C1_961;
    int z4 = z5 - (s5 + s1) * C0_390;
    int o0 = s7 * C0_298 + z1 + z3;
    int o1 = s5 * C2_053 + z2 + z4;
    int o2 = s3 * C3_072 + z2 + z3;
    int o3 = s1 * C1_501 + z1 + z4;

    out[to] = clamp((a0 + o3) >> shift);
    out[to + 1] = clamp((a1 + o2) >> shift);
    out[to + 2] = clamp((a2 + o1) >> shift);
    out[to + 3] = clamp((a3 + o0) >> shift);
    out[to + 4] = clamp((a3 - o0) >> shift);
    out[to + 5] = clamp((a2 - o1) >> shift);
    out[to + 6] = clamp((a1 - o2) >> shift);
    out[to + 7] = clamp((a0 - o3) >> shift);
  }

  /** A column, to the same places of the work area. */
  private void column(int[] in, int at) {
    int[] to = work;
    int shift = BITS - firstPassBits;
    int s0 = in[at];
    int s1 = in[at + 8];
    int s2 = in[at + 16];
    int s3 = in[at + 24];
    int s4 = in[at + 32];
    int s5 = in[at + 40];
    int s6 = in[at + 48];
    int s7 = in[at + 56];
    int half = 1 << (shift - 1);
    if ((s1 | s2 | s3 | s4 | s5 | s6 | s7) == 0) {
      int value = ((s0 << BITS) + half) >> shift;
      for (int i = 0, p = at; i < 8; i++, p += 8) {
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
    to[at + 8] = (a1 + o2) >> shift;
    to[at + 16] = (a2 + o1) >> shift;
    to[at + 24] = (a3 + o0) >> shift;
    to[at + 32] = (a3 - o0) >> shift;
    to[at + 40] = (a2 - o1) >> shift;
    to[at + 48] = (a1 - o2) >> shift;
    to[at + 56] = (a0 - o3) >> shift;
  }
}
