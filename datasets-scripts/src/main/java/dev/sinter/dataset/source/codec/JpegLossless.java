package dev.sinter.dataset.source.codec;

/**
 * Lossless process 14 of ISO 10918-1 Annex H: each sample is predicted from its left, upper and
 * upper left neighbours, the differences are Huffman-coded, sums are modulo 65536.
 */
final class JpegLossless implements JpegPicture {
  private final JpegFrame frame;
  private final int bytesPerSample;
  private final byte[] out;

  JpegLossless(JpegFrame frame) {
    this.frame = frame;
    for (JpegComponent component : frame.components) {
      if (component.horizontal != frame.maxHorizontal || component.vertical != frame.maxVertical) {
        throw CodecErrors.unreadable(JpegCodec.NAME, "lossless coding of subsampled components");
      }
    }
    if (frame.components.length > 1 && (frame.maxHorizontal > 1 || frame.maxVertical > 1)) {
      throw CodecErrors.unreadable(JpegCodec.NAME, "lossless coding in units of several pixels");
    }
    bytesPerSample = DecodedFrame.bytesFor(frame.precision);
    out = new byte[frame.rows * frame.columns * frame.components.length * bytesPerSample];
  }

  @Override
  public void scan(JpegScan scan, JpegSegments segments, JpegBits bits) {
    int predictor = scan.start();
    if (predictor < 1 || predictor > 7 || scan.low() >= frame.precision) {
      throw CodecErrors.unreadable(
          JpegCodec.NAME, "predictor " + predictor + " with point transform " + scan.low());
    }
    int interval = segments.restartInterval();
    if (interval % frame.columns != 0) {
      throw CodecErrors.unreadable(
          JpegCodec.NAME, "a restart interval of " + interval + " is not of whole rows");
    }
    for (JpegComponent component : scan.components()) {
      if (component.dc == null || component.scanned) {
        throw CodecErrors.unreadable(
            JpegCodec.NAME, "component " + component.id + " has no table, or two scans");
      }
      component.scanned = true;
    }
    int rowsBetween = interval / frame.columns;
    int width = frame.columns * scan.components().length;
    int[] above = new int[width];
    int[] row = new int[width];
    for (int y = 0; y < frame.rows; y++) {
      boolean first = y == 0;
      if (rowsBetween > 0 && y > 0 && y % rowsBetween == 0) {
        bits.restart(y / rowsBetween - 1);
        first = true;
      }
      if (scan.components().length == 1) {
        single(bits, scan, first, above, row);
      } else {
        interleaved(bits, scan, first, above, row);
      }
      store(scan, row, y);
      int[] swap = above;
      above = row;
      row = swap;
    }
  }

  /** One row of one component; the loop of the usual predictor has nothing to choose. */
  private void single(JpegBits bits, JpegScan scan, boolean first, int[] above, int[] row) {
    HuffmanTable table = scan.components()[0].dc;
    int predictor = first ? 1 : scan.start();
    int left = first ? initial(scan) : above[0];
    left = left + difference(table, bits) & 0xFFFF;
    row[0] = left;
    if (predictor == 1) {
      for (int x = 1; x < row.length; x++) {
        left = left + difference(table, bits) & 0xFFFF;
        row[x] = left;
      }
    } else {
      int corner = above[0];
      for (int x = 1; x < row.length; x++) {
        int up = above[x];
        left = predict(predictor, left, up, corner) + difference(table, bits) & 0xFFFF;
        row[x] = left;
        corner = up;
      }
    }
  }

  private void interleaved(JpegBits bits, JpegScan scan, boolean first, int[] above, int[] row) {
    JpegComponent[] components = scan.components();
    int step = components.length;
    int predictor = first ? 1 : scan.start();
    for (int c = 0; c < step; c++) {
      int start = first ? initial(scan) : above[c];
      row[c] = start + difference(components[c].dc, bits) & 0xFFFF;
    }
    for (int x = step; x < row.length; x += step) {
      for (int c = 0; c < step; c++) {
        int at = x + c;
        int predicted = predict(predictor, row[at - step], above[at], above[at - step]);
        row[at] = predicted + difference(components[c].dc, bits) & 0xFFFF;
      }
    }
  }

  private int initial(JpegScan scan) {
    return 1 << (frame.precision - scan.low() - 1);
  }

  /** Table H.1. */
  private static int predict(int predictor, int left, int up, int corner) {
    return switch (predictor) {
      case 1 -> left;
      case 2 -> up;
      case 3 -> corner;
      case 4 -> left + up - corner;
      case 5 -> left + ((up - corner) >> 1);
      case 6 -> up + ((left - corner) >> 1);
      default -> (left + up) >> 1;
    };
  }

  private static int difference(HuffmanTable table, JpegBits bits) {
    int category = table.decode(bits);
    if (category == 0) {
      return 0;
    }
    if (category >= 16) {
      if (category > 16) {
        throw CodecErrors.unreadable(JpegCodec.NAME, "a difference of " + category + " bits");
      }
      return 32768;
    }
    return bits.takeDifference(category);
  }

  private void store(JpegScan scan, int[] row, int y) {
    int inPixel = frame.components.length;
    int coded = scan.components().length;
    int low = scan.low();
    int all = 0;
    for (int c = 0; c < coded; c++) {
      int at = (y * frame.columns * inPixel + indexOf(scan.components()[c])) * bytesPerSample;
      int step = inPixel * bytesPerSample;
      for (int x = c; x < row.length; x += coded, at += step) {
        int value = row[x] << low;
        all |= value;
        out[at] = (byte) value;
        if (bytesPerSample == 2) {
          out[at + 1] = (byte) (value >> 8);
        }
      }
    }
    if (all >> frame.precision != 0) {
      throw CodecErrors.unreadable(
          JpegCodec.NAME, "row " + y + " holds more than " + frame.precision + " bits");
    }
  }

  private int indexOf(JpegComponent component) {
    int index = 0;
    while (frame.components[index] != component) {
      index++;
    }
    return index;
  }

  @Override
  public byte[] samples() {
    return out;
  }
}
