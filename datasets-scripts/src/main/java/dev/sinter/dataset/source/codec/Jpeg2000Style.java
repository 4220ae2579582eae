package dev.sinter.dataset.source.codec;

/**
 * How a component is coded (SPcod, SPcoc), ISO 15444-1 A.6.1.
 *
 * @param levels decompositions
 * @param blockWidth logarithm of the width of code blocks
 * @param blockHeight logarithm of their height
 * @param blockStyle bits of {@link Jpeg2000Block}
 * @param reversible whether the wavelet is the 5/3 one in integers
 * @param precincts for each resolution the logarithms of width (low 4 bits) and height
 */
record Jpeg2000Style(
    int levels,
    int blockWidth,
    int blockHeight,
    int blockStyle,
    boolean reversible,
    int[] precincts) {

  /** Reads the parameters; {@code explicit} says whether sizes of precincts follow. */
  static Jpeg2000Style read(byte[] data, int at, int end, boolean explicit) {
    int levels = end - at >= 5 ? data[at] & 0xFF : 255;
    if (levels > 32 || (explicit && end - at < 6 + levels)) {
      throw CodecErrors.unreadable(Jpeg2000Codec.NAME, "its coding style is cut off");
    }
    int width = (data[at + 1] & 15) + 2;
    int height = (data[at + 2] & 15) + 2;
    int transform = data[at + 4] & 0xFF;
    if (width > 10 || height > 10 || width + height > 12 || transform > 1) {
      throw CodecErrors.unreadable(
          Jpeg2000Codec.NAME,
          "code blocks of 2^" + width + " x 2^" + height + ", transform " + transform);
    }
    if ((data[at + 3] & 0xC0) != 0) {
      throw CodecErrors.unreadable(Jpeg2000Codec.NAME, "high-throughput coding (part 15)");
    }
    int[] precincts = new int[levels + 1];
    for (int r = 0; r <= levels; r++) {
      precincts[r] = explicit ? data[at + 5 + r] & 0xFF : 0xFF;
      if (r > 0 && ((precincts[r] & 15) == 0 || precincts[r] >> 4 == 0)) {
        throw CodecErrors.unreadable(Jpeg2000Codec.NAME, "a precinct of one sample");
      }
    }
    return new Jpeg2000Style(levels, width, height, data[at + 3], transform == 1, precincts);
  }
}
