package dev.sinter.dataset.source.codec;

/**
 * Quantisation of a component (QCD, QCC), ISO 15444-1 A.6.4.
 *
 * @param guardBits bits above the exponent that magnitudes may reach
 * @param derived whether the first step stands for all
 * @param exponents by band: LL, then HL, LH, HH of each resolution
 * @param mantissas of 11 bits, 0 where nothing is quantised
 */
record Jpeg2000Steps(int guardBits, boolean derived, int[] exponents, int[] mantissas) {

  static Jpeg2000Steps read(byte[] data, int at, int end) {
    int style = end > at ? data[at] & 0x1F : 3;
    int bytes = style == 0 ? 1 : 2;
    int bands = (end - at - 1) / bytes;
    if (style > 2 || bands < 1) {
      throw CodecErrors.unreadable(Jpeg2000Codec.NAME, "quantisation of kind " + style);
    }
    int[] exponents = new int[bands];
    int[] mantissas = new int[bands];
    for (int b = 0; b < bands; b++) {
      if (style == 0) {
        exponents[b] = (data[at + 1 + b] & 0xFF) >> 3;
      } else {
        int step = JpegSegments.word(data, at + 1 + 2 * b);
        exponents[b] = step >> 11;
        mantissas[b] = step & 0x7FF;
      }
    }
    return new Jpeg2000Steps((data[at] & 0xFF) >> 5, style == 1, exponents, mantissas);
  }

  /** The exponent of a band of resolution {@code r}; bands are 0 LL, 1 HL, 2 LH, 3 HH. */
  int exponent(int resolution, int band) {
    if (derived) {
      return Math.max(0, exponents[0] - Math.max(0, resolution - 1));
    }
    return exponents[index(resolution, band)];
  }

  int mantissa(int resolution, int band) {
    return mantissas[derived ? 0 : index(resolution, band)];
  }

  private int index(int resolution, int band) {
    int index = resolution == 0 ? 0 : 3 * (resolution - 1) + band;
    if (index >= exponents.length) {
      throw CodecErrors.unreadable(Jpeg2000Codec.NAME, "a band has no quantisation step");
    }
    return index;
  }
}
