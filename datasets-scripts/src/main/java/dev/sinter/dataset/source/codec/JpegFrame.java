package dev.sinter.dataset.source.codec;

/** A frame header (SOF) of ISO 10918-1, B.2.2. */
final class JpegFrame {
  /** The coding process. */
  enum Coding {
    SEQUENTIAL,
    PROGRESSIVE,
    LOSSLESS
  }

  final Coding coding;
  final int precision;
  final int rows;
  final int columns;
  final JpegComponent[] components;
  final int maxHorizontal;
  final int maxVertical;

  /** Units of the interleaved scan in a row of the picture, and rows of them. */
  final int unitColumns;

  final int unitRows;

  private JpegFrame(
      Coding coding, int precision, int rows, int columns, JpegComponent[] components) {
    this.coding = coding;
    this.precision = precision;
    this.rows = rows;
    this.columns = columns;
    this.components = components;
    int horizontal = 1;
    int vertical = 1;
    for (JpegComponent component : components) {
      horizontal = Math.max(horizontal, component.horizontal);
      vertical = Math.max(vertical, component.vertical);
    }
    maxHorizontal = horizontal;
    maxVertical = vertical;
    unitColumns = ceiling(columns, 8 * horizontal);
    unitRows = ceiling(rows, 8 * vertical);
    for (JpegComponent component : components) {
      component.columns = ceiling(columns * component.horizontal, horizontal);
      component.rows = ceiling(rows * component.vertical, vertical);
      component.blockColumns = unitColumns * component.horizontal;
      component.blockRows = unitRows * component.vertical;
    }
  }

  /**
   * Reads the header.
   *
   * @param rowsBelow the number of rows that a DNL segment after the scan gives, where the header
   *     says 0
   */
  static JpegFrame read(
      Coding coding, byte[] data, int at, int end, int rowsBelow, int streamBytes, Limits limits) {
    int count = end - at >= 6 ? data[at + 5] & 0xFF : 0;
    if (count < 1 || count > 4 || end - at < 6 + 3 * count) {
      throw CodecErrors.unreadable(JpegCodec.NAME, "its frame header has " + count + " components");
    }
    int precision = data[at] & 0xFF;
    boolean legal =
        coding == Coding.LOSSLESS
            ? precision >= 2 && precision <= 16
            : precision == 8 || precision == 12;
    if (!legal) {
      throw CodecErrors.unreadable(JpegCodec.NAME, "samples of " + precision + " bits");
    }
    int rows = JpegSegments.word(data, at + 1);
    if (rows == 0) {
      rows = rowsBelow;
    }
    int columns = JpegSegments.word(data, at + 3);
    limits.require(JpegCodec.NAME, rows, columns, count);
    JpegComponent[] components = new JpegComponent[count];
    for (int c = 0; c < count; c++) {
      int entry = at + 6 + 3 * c;
      int horizontal = data[entry + 1] >> 4 & 15;
      int vertical = data[entry + 1] & 15;
      int quantization = data[entry + 2] & 0xFF;
      if (horizontal < 1 || horizontal > 4 || vertical < 1 || vertical > 4 || quantization > 3) {
        throw CodecErrors.unreadable(
            JpegCodec.NAME, "component " + (c + 1) + " is sampled " + horizontal + "x" + vertical);
      }
      components[c] = new JpegComponent(data[entry] & 0xFF, horizontal, vertical, quantization);
    }
    JpegFrame frame = new JpegFrame(coding, precision, rows, columns, components);
    frame.requireLength(streamBytes);
    return frame;
  }

  /** Refuses a stream with less than one bit for each sample (lossless) or block. */
  private void requireLength(int streamBytes) {
    long codes = 0;
    for (JpegComponent component : components) {
      codes +=
          coding == Coding.LOSSLESS
              ? (long) component.rows * component.columns
              : (long) component.ownBlockRows() * component.ownBlockColumns();
    }
    if (codes > 8L * streamBytes) {
      throw CodecErrors.unreadable(
          JpegCodec.NAME,
          "its " + streamBytes + " bytes are too few for " + rows + " x " + columns + " pixels");
    }
  }

  /** Samples of DCT frames after padding, all components together. */
  long paddedSamples() {
    long samples = 0;
    for (JpegComponent component : components) {
      samples += 64L * component.blockColumns * component.blockRows;
    }
    return samples;
  }

  static int ceiling(int value, int divisor) {
    return (value + divisor - 1) / divisor;
  }
}
