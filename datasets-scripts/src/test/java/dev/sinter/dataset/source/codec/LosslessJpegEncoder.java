package dev.sinter.dataset.source.codec;

/**
 * Writes lossless JPEG, process 14, with one flat Huffman table: every category has five bits.
 *
 * @param restartRows rows between restart markers, 0 for none
 */
record LosslessJpegEncoder(
    int rows,
    int columns,
    int components,
    int precision,
    int predictor,
    int pointTransform,
    int restartRows) {

  /** Encodes samples, row by row and interleaved; all components in one scan. */
  byte[] encode(int[] samples) {
    BitSink out = new BitSink(BitSink.Stuffing.ZERO_BYTE);
    out.marker(0xD8);
    int[] frame = new int[6 + 3 * components];
    frame[0] = precision;
    frame[1] = rows >> 8;
    frame[2] = rows;
    frame[3] = columns >> 8;
    frame[4] = columns;
    frame[5] = components;
    int[] scan = new int[4 + 2 * components];
    scan[0] = components;
    for (int c = 0; c < components; c++) {
      frame[6 + 3 * c] = c + 1;
      frame[7 + 3 * c] = 0x11;
      scan[1 + 2 * c] = c + 1;
    }
    scan[1 + 2 * components] = predictor;
    scan[3 + 2 * components] = pointTransform;
    out.segment(0xC3, frame);
    int[] table = new int[17 + 17];
    table[5] = 17;
    for (int category = 0; category <= 16; category++) {
      table[17 + category] = category;
    }
    out.segment(0xC4, table);
    if (restartRows > 0) {
      int interval = restartRows * columns;
      out.segment(0xDD, interval >> 8, interval);
    }
    out.segment(0xDA, scan);
    for (int y = 0; y < rows; y++) {
      boolean restarted = restartRows > 0 && y % restartRows == 0;
      if (restarted && y > 0) {
        out.align();
        out.marker(0xD0 + (y / restartRows - 1) % 8);
      }
      for (int x = 0; x < columns; x++) {
        for (int c = 0; c < components; c++) {
          int value = sample(samples, x, y, c);
          difference(out, value - prediction(samples, x, y, c, y == 0 || restarted));
        }
      }
    }
    out.align();
    out.marker(0xD9);
    return out.bytes();
  }

  private int sample(int[] samples, int x, int y, int c) {
    return samples[(y * columns + x) * components + c] >> pointTransform;
  }

  private int prediction(int[] samples, int x, int y, int c, boolean first) {
    if (first) {
      return x == 0 ? 1 << (precision - pointTransform - 1) : sample(samples, x - 1, y, c);
    }
    int b = sample(samples, x, y - 1, c);
    if (x == 0) {
      return b;
    }
    int a = sample(samples, x - 1, y, c);
    int corner = sample(samples, x - 1, y - 1, c);
    return new int[] {
          0,
          a,
          b,
          corner,
          a + b - corner,
          a + ((b - corner) >> 1),
          b + ((a - corner) >> 1),
          (a + b) >> 1
        }
        [predictor];
  }

  private static void difference(BitSink out, int exact) {
    int difference = (short) exact;
    if (difference == -32768) {
      out.bits(16, 5);
      return;
    }
    int category = 32 - Integer.numberOfLeadingZeros(Math.abs(difference));
    out.bits(category, 5);
    out.bits(difference < 0 ? difference - 1 : difference, category);
  }
}
