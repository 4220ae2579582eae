package dev.sinter.dataset.source.codec;

/**
 * One component of a tile: its resolutions and bands on the grid, and its samples once decoded.
 *
 * <p>ISO 15444-1 B.5 to B.7. The plane holds the bands of the lowest resolution in its first
 * corner, each further level around it.
 */
final class Jpeg2000Component {
  final Jpeg2000Style style;
  final int width;
  final int height;
  private final int x0;
  private final int y0;
  private final int x1;
  private final int y1;
  private final Jpeg2000Steps steps;
  private final int precision;
  private final Jpeg2000Band[][] bands;

  /** Exact samples of reversible coding, or magnitudes before they are scaled; then the result. */
  int[] plane;

  Jpeg2000Component(
      Jpeg2000Style style, Jpeg2000Steps steps, int precision, int x0, int y0, int x1, int y1) {
    this.style = style;
    this.steps = steps;
    this.precision = precision;
    this.x0 = x0;
    this.y0 = y0;
    this.x1 = x1;
    this.y1 = y1;
    width = x1 - x0;
    height = y1 - y0;
    bands = new Jpeg2000Band[style.levels() + 1][];
    for (int r = 0; r <= style.levels(); r++) {
      bands[r] = r == 0 ? new Jpeg2000Band[] {band(0, 0)} : new Jpeg2000Band[3];
      for (int kind = 1; r > 0 && kind <= 3; kind++) {
        bands[r][kind - 1] = band(r, kind);
      }
    }
  }

  /** {@code value / 2^shift}, rounded up. */
  static int ceiling(long value, int shift) {
    return (int) ((value + (1L << shift) - 1) >> shift);
  }

  int left(int resolution) {
    return ceiling(x0, style.levels() - resolution);
  }

  int right(int resolution) {
    return ceiling(x1, style.levels() - resolution);
  }

  int top(int resolution) {
    return ceiling(y0, style.levels() - resolution);
  }

  int bottom(int resolution) {
    return ceiling(y1, style.levels() - resolution);
  }

  Jpeg2000Band[] bands(int resolution) {
    return bands[resolution];
  }

  private Jpeg2000Band band(int resolution, int kind) {
    int depth = style.levels() - Math.max(0, resolution - 1);
    long dx = (kind & 1) == 0 ? 0 : 1L << (depth - 1);
    long dy = (kind & 2) == 0 ? 0 : 1L << (depth - 1);
    int at = 0;
    if (resolution > 0) {
      int lowWidth = right(resolution - 1) - left(resolution - 1);
      int lowHeight = bottom(resolution - 1) - top(resolution - 1);
      at = ((kind & 1) == 0 ? 0 : lowWidth) + ((kind & 2) == 0 ? 0 : lowHeight * width);
    }
    int exponent = steps.exponent(resolution, kind);
    int gain = (kind & 1) + (kind >> 1);
    // half: magnitudes are kept times two
    double step =
        0.5
            * Math.pow(2, precision + gain - exponent)
            * (1 + steps.mantissa(resolution, kind) / 2048.0);
    return new Jpeg2000Band(
        kind,
        ceiling(x0 - dx, depth),
        ceiling(y0 - dy, depth),
        ceiling(x1 - dx, depth),
        ceiling(y1 - dy, depth),
        at,
        steps.guardBits() + exponent - 1,
        (float) step);
  }

  /** Samples from what the code blocks have left in the plane: exact ones in place. */
  void restoreIntegers() {
    int[] all = plane;
    for (int i = 0; i < all.length; i++) {
      all[i] /= 2;
    }
    for (int r = 1; r <= style.levels(); r++) {
      Jpeg2000Wavelet.integers(all, width, left(r), right(r), top(r), bottom(r));
    }
  }

  /** Samples in floating point; the plane is given up. */
  float[] restoreReals() {
    float[] all = new float[plane.length];
    for (Jpeg2000Band[] resolution : bands) {
      for (Jpeg2000Band band : resolution) {
        for (int y = 0; y < band.y1() - band.y0(); y++) {
          int row = band.at() + y * width;
          for (int x = row; x < row + band.x1() - band.x0(); x++) {
            all[x] = plane[x] * band.step();
          }
        }
      }
    }
    plane = null;
    for (int r = 1; r <= style.levels(); r++) {
      Jpeg2000Wavelet.reals(all, width, left(r), right(r), top(r), bottom(r));
    }
    return all;
  }
}
