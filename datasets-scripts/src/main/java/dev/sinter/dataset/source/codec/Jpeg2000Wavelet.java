package dev.sinter.dataset.source.codec;

/**
 * The inverse wavelet transforms of ISO 15444-1 Annex F, in place: the four bands of a level lie in
 * the four corners of their rectangle.
 */
final class Jpeg2000Wavelet {
  private static final float ALPHA = (float) -1.586134342;
  private static final float BETA = (float) -0.052980118;
  private static final float GAMMA = (float) 0.882911075;
  private static final float DELTA = (float) 0.443506852;
  private static final float K = (float) 1.230174105;

  /** Columns that are transformed together, so that memory is read along the rows. */
  private static final int BATCH = 16;

  private Jpeg2000Wavelet() {}

  /**
   * Undoes one level in integers (5/3).
   *
   * @param x0 first column on the grid of this resolution, whose parity says which band leads
   */
  static void integers(int[] plane, int stride, int x0, int x1, int y0, int y1) {
    int width = x1 - x0;
    int height = y1 - y0;
    if (width <= 0 || height <= 0) {
      return;
    }
    int[] line = new int[Math.max(width, height * Math.min(width, BATCH))];
    for (int y = 0; y < height; y++) {
      interleave(plane, y * stride, 1, line, width, x0 & 1, 1);
      lift(line, width, x0 & 1, 1);
      System.arraycopy(line, 0, plane, y * stride, width);
    }
    for (int x = 0; x < width; x += BATCH) {
      int batch = Math.min(BATCH, width - x);
      interleave(plane, x, stride, line, height, y0 & 1, batch);
      lift(line, height, y0 & 1, batch);
      for (int y = 0; y < height; y++) {
        System.arraycopy(line, y * batch, plane, y * stride + x, batch);
      }
    }
  }

  /** Brings low (even) and high (odd) samples, each of {@code batch} columns, into their order. */
  private static void interleave(
      int[] plane, int at, int step, int[] line, int length, int parity, int batch) {
    int low = (length + 1 - parity) / 2;
    int from = at;
    for (int i = 0; i < length; i++, from += step) {
      int place = i < low ? 2 * i + parity : 2 * (i - low) + 1 - parity;
      if (batch == 1) {
        line[place] = plane[from];
      } else {
        System.arraycopy(plane, from, line, place * batch, batch);
      }
    }
  }

  private static void lift(int[] line, int length, int parity, int batch) {
    if (length == 1) {
      if (parity == 1) {
        for (int b = 0; b < batch; b++) {
          line[b] >>= 1;
        }
      }
      return;
    }
    for (int i = parity; i < length; i += 2) {
      int before = (i == 0 ? 1 : i - 1) * batch;
      int after = (i == length - 1 ? length - 2 : i + 1) * batch;
      int at = i * batch;
      for (int b = 0; b < batch; b++) {
        line[at + b] -= (line[before + b] + line[after + b] + 2) >> 2;
      }
    }
    for (int i = 1 - parity; i < length; i += 2) {
      int before = (i == 0 ? 1 : i - 1) * batch;
      int after = (i == length - 1 ? length - 2 : i + 1) * batch;
      int at = i * batch;
      for (int b = 0; b < batch; b++) {
        line[at + b] += (line[before + b] + line[after + b]) >> 1;
      }
    }
  }

  /** Undoes one level in floating point (9/7). */
  static void reals(float[] plane, int stride, int x0, int x1, int y0, int y1) {
    int width = x1 - x0;
    int height = y1 - y0;
    if (width <= 0 || height <= 0) {
      return;
    }
    float[] line = new float[Math.max(width, height * Math.min(width, BATCH))];
    for (int y = 0; y < height; y++) {
      interleave(plane, y * stride, 1, line, width, x0 & 1, 1);
      lift(line, width, x0 & 1, 1);
      System.arraycopy(line, 0, plane, y * stride, width);
    }
    for (int x = 0; x < width; x += BATCH) {
      int batch = Math.min(BATCH, width - x);
      interleave(plane, x, stride, line, height, y0 & 1, batch);
      lift(line, height, y0 & 1, batch);
      for (int y = 0; y < height; y++) {
        System.arraycopy(line, y * batch, plane, y * stride + x, batch);
      }
    }
  }

  private static void interleave(
      float[] plane, int at, int step, float[] line, int length, int parity, int batch) {
    int low = (length + 1 - parity) / 2;
    int from = at;
    for (int i = 0; i < length; i++, from += step) {
      int place = i < low ? 2 * i + parity : 2 * (i - low) + 1 - parity;
      if (batch == 1) {
        line[place] = plane[from];
      } else {
        System.arraycopy(plane, from, line, place * batch, batch);
      }
    }
  }

  private static void lift(float[] line, int length, int parity, int batch) {
    if (length == 1) {
      if (parity == 1) {
        for (int b = 0; b < batch; b++) {
          line[b] *= 0.5f;
        }
      }
      return;
    }
    for (int i = 0; i < length; i++) {
      float scale = (i & 1) == parity ? K : 1 / K;
      for (int b = i * batch; b < (i + 1) * batch; b++) {
        line[b] *= scale;
      }
    }
    step(line, length, parity, batch, DELTA);
    step(line, length, 1 - parity, batch, GAMMA);
    step(line, length, parity, batch, BETA);
    step(line, length, 1 - parity, batch, ALPHA);
  }

  /** Takes from every other sample its neighbours' sum times a factor. */
  private static void step(float[] line, int length, int first, int batch, float factor) {
    for (int i = first; i < length; i += 2) {
      int before = (i == 0 ? 1 : i - 1) * batch;
      int after = (i == length - 1 ? length - 2 : i + 1) * batch;
      int at = i * batch;
      for (int b = 0; b < batch; b++) {
        line[at + b] -= factor * (line[before + b] + line[after + b]);
      }
    }
  }
}
