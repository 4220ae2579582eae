package dev.sinter.dataset.source.codec;

/**
 * The SIZ segment of ISO 15444-1, A.5.1: the picture and its tiles on the reference grid.
 *
 * @param components how many, all of one precision and without subsampling
 */
record Jpeg2000Size(
    int x0,
    int y0,
    int x1,
    int y1,
    int tileX,
    int tileY,
    int tileWidth,
    int tileHeight,
    int components,
    int precision,
    boolean signed) {

  static Jpeg2000Size read(byte[] data, int at, int end, int streamBytes, Limits limits) {
    if (end - at < 36 || end - at < 36 + 3 * JpegSegments.word(data, at + 34)) {
      throw CodecErrors.unreadable(Jpeg2000Codec.NAME, "its size segment is cut off");
    }
    long[] grid = new long[8];
    for (int i = 0; i < 8; i++) {
      int place = at + 2 + 4 * i;
      grid[i] = (long) JpegSegments.word(data, place) << 16 | JpegSegments.word(data, place + 2);
      if (grid[i] > Integer.MAX_VALUE / 2) {
        grid[i] = i == 4 || i == 5 ? Integer.MAX_VALUE / 2 : Integer.MAX_VALUE;
      }
    }
    int count = JpegSegments.word(data, at + 34);
    if (count < 1 || count > 4) {
      throw CodecErrors.unreadable(Jpeg2000Codec.NAME, "it has " + count + " components");
    }
    limits.require(Jpeg2000Codec.NAME, grid[1] - grid[3], grid[0] - grid[2], count);
    if ((data[at] & 0x40) != 0) {
      throw CodecErrors.unreadable(Jpeg2000Codec.NAME, "high-throughput coding (part 15)");
    }
    int depth = data[at + 36] & 0xFF;
    for (int c = 0; c < count; c++) {
      int entry = at + 36 + 3 * c;
      if ((data[entry] & 0xFF) != depth || data[entry + 1] != 1 || data[entry + 2] != 1) {
        throw CodecErrors.unreadable(
            Jpeg2000Codec.NAME, "components of different precision or subsampling");
      }
    }
    int precision = (depth & 0x7F) + 1;
    if (precision > 16) {
      throw CodecErrors.unreadable(Jpeg2000Codec.NAME, "samples of " + precision + " bits");
    }
    boolean legal =
        grid[0] < Integer.MAX_VALUE
            && grid[1] < Integer.MAX_VALUE
            && grid[4] > 0
            && grid[5] > 0
            && grid[6] <= grid[2]
            && grid[7] <= grid[3]
            && grid[6] + grid[4] > grid[2]
            && grid[7] + grid[5] > grid[3];
    if (!legal) {
      throw CodecErrors.unreadable(Jpeg2000Codec.NAME, "its tiles do not cover its picture");
    }
    Jpeg2000Size size =
        new Jpeg2000Size(
            (int) grid[2],
            (int) grid[3],
            (int) grid[0],
            (int) grid[1],
            (int) grid[6],
            (int) grid[7],
            (int) grid[4],
            (int) grid[5],
            count,
            precision,
            depth > 0x7F);
    if ((long) size.tileColumns() * size.tileRows() > streamBytes / 12) {
      throw CodecErrors.unreadable(
          Jpeg2000Codec.NAME, "its " + streamBytes + " bytes do not hold all of its tiles");
    }
    return size;
  }

  int columns() {
    return x1 - x0;
  }

  int rows() {
    return y1 - y0;
  }

  int tileColumns() {
    return (int) (((long) x1 - tileX + tileWidth - 1) / tileWidth);
  }

  int tileRows() {
    return (int) (((long) y1 - tileY + tileHeight - 1) / tileHeight);
  }
}
