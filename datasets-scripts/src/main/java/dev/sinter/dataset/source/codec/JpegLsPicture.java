package dev.sinter.dataset.source.codec;

import java.util.Arrays;

/** The frame header of a JPEG-LS stream and the samples that its scans have given. */
final class JpegLsPicture {
  /**
   * Rows are bought in steps: a run of thousands of pixels takes one bit, so a header proves
   * nothing.
   */
  private static final int FIRST_BYTES = 1 << 16;

  private final int precision;
  private final int rows;
  private final int columns;
  private final int[] ids;
  private final boolean[] scanned;
  private final int bytesPerSample;
  private final int totalBytes;
  private byte[] out;

  private JpegLsPicture(int precision, int rows, int columns, int[] ids) {
    this.precision = precision;
    this.rows = rows;
    this.columns = columns;
    this.ids = ids;
    scanned = new boolean[ids.length];
    bytesPerSample = DecodedFrame.bytesFor(precision);
    totalBytes = rows * columns * ids.length * bytesPerSample;
    out = new byte[Math.min(totalBytes, FIRST_BYTES)];
  }

  static JpegLsPicture read(byte[] data, int at, int end, int streamBytes, Limits limits) {
    int count = end - at >= 6 ? data[at + 5] & 0xFF : 0;
    if (count < 1 || count > 4 || end - at < 6 + 3 * count) {
      throw CodecErrors.unreadable(
          JpegLsCodec.NAME, "its frame header has " + count + " components");
    }
    int precision = data[at] & 0xFF;
    if (precision < 2 || precision > 16) {
      throw CodecErrors.unreadable(JpegLsCodec.NAME, "samples of " + precision + " bits");
    }
    int rows = JpegSegments.word(data, at + 1);
    int columns = JpegSegments.word(data, at + 3);
    limits.require(JpegLsCodec.NAME, rows, columns, count);
    if (rows > 8L * streamBytes) {
      throw CodecErrors.unreadable(
          JpegLsCodec.NAME, "its " + streamBytes + " bytes are too few for " + rows + " rows");
    }
    int[] ids = new int[count];
    for (int c = 0; c < count; c++) {
      ids[c] = data[at + 6 + 3 * c] & 0xFF;
      if (data[at + 7 + 3 * c] != data[at + 7]) {
        throw CodecErrors.unreadable(JpegLsCodec.NAME, "subsampled components");
      }
    }
    return new JpegLsPicture(precision, rows, columns, ids);
  }

  boolean complete() {
    for (boolean one : scanned) {
      if (!one) {
        return false;
      }
    }
    return true;
  }

  /**
   * Decodes a scan.
   *
   * @param at where the content of its header begins
   * @param from where the compressed data begin
   * @return where the next marker is
   */
  int scan(byte[] data, int at, int from, int end, JpegLsPreset preset, int restartInterval) {
    int count = from > at ? data[at] & 0xFF : 0;
    if (count < 1 || count > 4 || from - at < 4 + 2 * count) {
      throw CodecErrors.unreadable(JpegLsCodec.NAME, "a scan of " + count + " components");
    }
    int[] places = new int[count];
    for (int c = 0; c < count; c++) {
      places[c] = place(data[at + 1 + 2 * c] & 0xFF);
      if (data[at + 2 + 2 * c] != 0) {
        throw CodecErrors.unreadable(JpegLsCodec.NAME, "a mapping table");
      }
    }
    int near = data[at + 1 + 2 * count] & 0xFF;
    int interleave = data[at + 2 + 2 * count] & 0xFF;
    int transform = data[at + 3 + 2 * count] & 15;
    if (interleave > 2 || (interleave == 0 && count > 1) || transform != 0) {
      throw CodecErrors.unreadable(
          JpegLsCodec.NAME,
          String.format(
              "interleave mode %d of %d components, point transform %d",
              interleave, count, transform));
    }
    JpegLsPreset whole = preset.completed(precision, near);
    if (near > Math.min(255, whole.maximum() / 2)) {
      throw CodecErrors.unreadable(JpegLsCodec.NAME, "an allowed error of " + near);
    }
    JpegLsBits bits = new JpegLsBits(data, from, end);
    JpegLsScan scan = new JpegLsScan(bits, whole, near, columns, count);
    for (int y = 0; y < rows; y++) {
      if (restartInterval > 0 && y > 0 && y % restartInterval == 0) {
        bits.restart(y / restartInterval - 1);
        scan.restart();
      }
      store(scan.row(interleave == 2 && count > 1), places, y);
    }
    return bits.endSegment();
  }

  private int place(int id) {
    for (int c = 0; c < ids.length; c++) {
      if (ids[c] == id && !scanned[c]) {
        scanned[c] = true;
        return c;
      }
    }
    throw CodecErrors.unreadable(
        JpegLsCodec.NAME, "a scan holds component " + id + ", unknown or twice");
  }

  private void store(int[][] decoded, int[] places, int y) {
    int pixelBytes = ids.length * bytesPerSample;
    int rowBytes = columns * pixelBytes;
    int needed = (y + 1) * rowBytes;
    if (needed > out.length) {
      out = Arrays.copyOf(out, (int) Math.min(totalBytes, Math.max(needed, 2L * out.length)));
    }
    for (int c = 0; c < places.length; c++) {
      int[] row = decoded[c];
      int at = y * rowBytes + places[c] * bytesPerSample;
      if (bytesPerSample == 1) {
        for (int x = 1; x <= columns; x++, at += pixelBytes) {
          out[at] = (byte) row[x];
        }
      } else {
        for (int x = 1; x <= columns; x++, at += pixelBytes) {
          out[at] = (byte) row[x];
          out[at + 1] = (byte) (row[x] >> 8);
        }
      }
    }
  }

  DecodedFrame frame() {
    return new DecodedFrame(
        rows,
        columns,
        ids.length,
        precision,
        false,
        ids.length == 1 ? StreamColor.GRAY : StreamColor.NOT_STATED,
        out);
  }
}
