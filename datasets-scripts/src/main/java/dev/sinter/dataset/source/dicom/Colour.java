package dev.sinter.dataset.source.dicom;

/** Luminance and differences to red, green, blue, PS3.3 section C.7.6.3.1.2 (ITU-R BT.601). */
final class Colour {
  private static final double RED = 0.299;
  private static final double BLUE = 0.114;
  private static final double GREEN = 1 - RED - BLUE;

  private final int width;
  private final int highest;
  private final double middle;
  private final double floor;
  private final double luminance;
  private final double difference;

  /**
   * Prepares.
   *
   * @param photometric one that {@link Photometric#isLuminanceFirst}
   * @param bits of a sample, 8 to 16
   */
  Colour(Photometric photometric, int bits) {
    boolean partial =
        photometric == Photometric.YBR_PARTIAL_422 || photometric == Photometric.YBR_PARTIAL_420;
    double step = 1 << (bits - 8);
    width = bits > 8 ? 2 : 1;
    highest = (1 << bits) - 1;
    middle = 128 * step;
    floor = partial ? 16 * step : 0;
    luminance = partial ? highest / (219 * step) : 1;
    difference = partial ? highest / (224 * step) : 1;
  }

  /** Rounded to the nearest integers; samples of one or two bytes, least significant first. */
  byte[] rgb(byte[] ybr) {
    byte[] rgb = new byte[ybr.length];
    for (int i = 0; i + 3 * width <= ybr.length; i += 3 * width) {
      double y = (sample(ybr, i) - floor) * luminance;
      double blue = (sample(ybr, i + width) - middle) * difference * 2 * (1 - BLUE);
      double red = (sample(ybr, i + 2 * width) - middle) * difference * 2 * (1 - RED);
      put(rgb, i, y + red);
      put(rgb, i + width, y - (BLUE * blue + RED * red) / GREEN);
      put(rgb, i + 2 * width, y + blue);
    }
    return rgb;
  }

  private int sample(byte[] samples, int at) {
    int low = samples[at] & 0xff;
    return width == 1 ? low : low | (samples[at + 1] & 0xff) << 8;
  }

  private void put(byte[] samples, int at, double value) {
    int rounded = (int) Math.max(0, Math.min(highest, Math.round(value)));
    samples[at] = (byte) rounded;
    if (width == 2) {
      samples[at + 1] = (byte) (rounded >> 8);
    }
  }
}
