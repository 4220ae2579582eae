package dev.sinter.dataset.source.codec;

/**
 * Where the code stream of a JP2 file lies (ISO 15444-1 Annex I), or of data that are one.
 *
 * @param start first byte of the code stream
 * @param end byte after its last
 * @param color what the file says of colour
 */
record Jpeg2000File(int start, int end, StreamColor color) {
  private static final int SIGNATURE = 0x6A502020;
  private static final int HEADER = 0x6A703268;
  private static final int COLOR = 0x636F6C72;
  private static final int PALETTE = 0x70636C72;
  private static final int CODE_STREAM = 0x6A703263;

  static Jpeg2000File find(byte[] data, int offset, int end) {
    if (end - offset < 12 || word(data, offset + 4) != SIGNATURE) {
      return new Jpeg2000File(offset, end, StreamColor.NOT_STATED);
    }
    StreamColor color = StreamColor.NOT_STATED;
    int at = offset;
    while (end - at >= 8) {
      int kind = word(data, at + 4);
      int content = at + 8;
      long length = word(data, at) & 0xFFFFFFFFL;
      if (length == 1 && end - at >= 16) {
        length = (long) word(data, at + 8) << 32 | (word(data, at + 12) & 0xFFFFFFFFL);
        content = at + 16;
      }
      if (length == 0) {
        length = (long) end - at;
      }
      if (length < content - at || length > end - at) {
        throw CodecErrors.unreadable(Jpeg2000Codec.NAME, "a box is cut off");
      }
      int next = at + (int) length;
      if (kind == CODE_STREAM) {
        return new Jpeg2000File(content, next, color);
      }
      if (kind == PALETTE) {
        throw CodecErrors.unreadable(Jpeg2000Codec.NAME, "a palette");
      }
      if (kind == COLOR && next - content >= 7 && data[content] == 1) {
        color =
            switch (word(data, content + 3)) {
              case 16 -> StreamColor.RGB;
              case 18 -> StreamColor.YBR_FULL;
              default -> color;
            };
      }
      at = kind == HEADER ? content : next;
    }
    throw CodecErrors.unreadable(Jpeg2000Codec.NAME, "the file has no code stream");
  }

  private static int word(byte[] data, int at) {
    return JpegSegments.word(data, at) << 16 | JpegSegments.word(data, at + 2);
  }
}
