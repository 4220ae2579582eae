package dev.sinter.trainer.report;

/**
 * A whole-number change of size, without interpolation: small images get large pixels, huge ones
 * are thinned out so that the file stays small.
 *
 * @param repeat how often each pixel is repeated along an axis
 * @param stride how many pixels one step crosses
 */
record Magnification(int repeat, int stride) {
  static final Magnification NONE = new Magnification(1, 1);

  /** Brings the longer side to at least {@code side} pixels, and to at most twice as many. */
  static Magnification towards(int side, ExamplePicture picture) {
    int longer = Math.max(picture.height(), picture.width());
    return longer < side
        ? new Magnification(ceilDiv(side, longer), 1)
        : new Magnification(1, ceilDiv(longer, 2 * side));
  }

  /** New length of a side. */
  int apply(int length) {
    return ceilDiv(length, stride) * repeat;
  }

  /** The source pixel of a new one. */
  int source(int index) {
    return index / repeat * stride;
  }

  private static int ceilDiv(int length, int by) {
    return (length + by - 1) / by;
  }
}
