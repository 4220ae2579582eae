package dev.sinter.dataset.source.codec;

/**
 * Bits of an entropy-coded JPEG segment, most significant first, stuffed zero bytes taken out (ISO
 * 10918-1, F.1.2.3).
 *
 * <p>A marker or the end of the data ends the segment. Zeros follow then, so that a code may be
 * looked up beyond the end, but using one of them is an error: no picture is made up from them.
 */
final class JpegBits {
  private final byte[] data;
  private final int end;
  private final String codec;
  private int position;

  /** Unread bits from the top, {@code count} of them, the last {@code padding} made up. */
  private long buffer;

  private int count;
  private int padding;

  JpegBits(byte[] data, int position, int end, String codec) {
    this.data = data;
    this.position = position;
    this.end = end;
    this.codec = codec;
  }

  /** Makes at least 32 bits available to the other methods. */
  void fill() {
    if (count <= 32) {
      load();
    }
  }

  private void load() {
    if (padding > 0) {
      requireReal();
    } else if (end - position >= 4) {
      byte[] d = data;
      int p = position;
      int word =
          (d[p] & 0xFF) << 24
              | (d[p + 1] & 0xFF) << 16
              | (d[p + 2] & 0xFF) << 8
              | (d[p + 3] & 0xFF);
      // a byte is FF where the complement's is 0: the classic test for a zero byte in a word
      int inverted = ~word;
      if (((inverted - 0x01010101) & word & 0x80808080) == 0) {
        buffer |= (word & 0xFFFFFFFFL) << (32 - count);
        count += 32;
        position = p + 4;
        return;
      }
    }
    while (count <= 56) {
      if (padding == 0 && position < end) {
        int value = data[position] & 0xFF;
        if (value != 0xFF) {
          position++;
          append(value);
          continue;
        }
        if (position + 1 < end && data[position + 1] == 0) {
          position += 2;
          append(value);
          continue;
        }
      }
      padding += 8;
      count += 8;
    }
  }

  private void append(int value) {
    buffer |= (long) value << (56 - count);
    count += 8;
  }

  private void requireReal() {
    if (count < padding) {
      throw CodecErrors.unreadable(codec, "its compressed data end too early");
    }
  }

  /** The next 1 to 32 bits, which stay. */
  int peek(int bits) {
    return (int) (buffer >>> (64 - bits));
  }

  void skip(int bits) {
    buffer <<= bits;
    count -= bits;
  }

  /** The next 1 to 16 bits of what {@link #fill} made available. */
  int take(int bits) {
    int value = (int) (buffer >>> (64 - bits));
    buffer <<= bits;
    count -= bits;
    return value;
  }

  /** Difference of category {@code bits}, 1 to 16, F.2.2.1: values below half are negative. */
  int takeDifference(int bits) {
    int value = take(bits);
    return value < 1 << (bits - 1) ? value - (1 << bits) + 1 : value;
  }

  /** Reads 1 to 16 bits. */
  int read(int bits) {
    fill();
    return take(bits);
  }

  /** Ends a segment: checks that nothing was made up, and goes to the next marker. */
  int endSegment() {
    requireReal();
    buffer = 0;
    count = 0;
    padding = 0;
    while (position + 1 < end
        && (data[position] != (byte) 0xFF
            || data[position + 1] == 0
            || data[position + 1] == (byte) 0xFF)) {
      position++;
    }
    return position;
  }

  /** Goes over the restart marker of this number, modulo 8. */
  void restart(int number) {
    int at = endSegment();
    if (at + 1 >= end || (data[at + 1] & 0xFF) != 0xD0 + (number & 7)) {
      throw CodecErrors.unreadable(codec, "restart marker " + number + " is missing");
    }
    position = at + 2;
  }
}
