package dev.sinter.dataset.source.codec;

/**
 * Bits of a JPEG-LS scan, most significant first; after a byte FF one stuffed zero bit is taken out
 * (ISO 14495-1, 9.1). A marker or the end of the data ends the scan; zeros follow for looking
 * ahead, and using one of them is an error.
 */
final class JpegLsBits {
  private final byte[] data;
  private final int end;
  private int position;
  private boolean afterFf;
  private long buffer;
  private int count;
  private int padding;

  JpegLsBits(byte[] data, int position, int end) {
    this.data = data;
    this.position = position;
    this.end = end;
  }

  private void load() {
    if (padding > 0) {
      requireReal();
    }
    while (count <= 56) {
      int value = padding == 0 && position < end ? data[position] & 0xFF : -1;
      if (value < 0 || (value == 0xFF && atMarker()) || (afterFf && value > 0x7F)) {
        padding += 8;
        count += 8;
        continue;
      }
      position++;
      int bits = afterFf ? 7 : 8;
      buffer |= (long) value << (64 - bits - count);
      count += bits;
      afterFf = value == 0xFF;
    }
  }

  private boolean atMarker() {
    return position + 1 >= end || (data[position + 1] & 0x80) != 0;
  }

  private void requireReal() {
    if (count < padding) {
      throw CodecErrors.unreadable(JpegLsCodec.NAME, "its compressed data end too early");
    }
  }

  boolean bit() {
    if (count < 1) {
      load();
    }
    boolean one = buffer < 0;
    buffer <<= 1;
    count--;
    return one;
  }

  /** Reads 1 to 32 bits. */
  int read(int bits) {
    if (count < bits) {
      load();
    }
    int value = (int) (buffer >>> (64 - bits));
    buffer <<= bits;
    count -= bits;
    return value;
  }

  /** Counts zeros up to the next one, which is read as well; {@code most} zeros are an error. */
  int zeros(int most) {
    int zeros = 0;
    while (true) {
      if (count < 1) {
        load();
      }
      int leading = Math.min(Long.numberOfLeadingZeros(buffer), count);
      zeros += leading;
      if (zeros > most) {
        throw CodecErrors.unreadable(JpegLsCodec.NAME, "a code is longer than any may be");
      }
      if (leading < count) {
        buffer = buffer << leading << 1;
        count -= leading + 1;
        return zeros;
      }
      buffer = 0;
      count = 0;
    }
  }

  /** Ends the scan or restart interval; returns where the next marker begins. */
  int endSegment() {
    requireReal();
    buffer = 0;
    count = 0;
    padding = 0;
    afterFf = false;
    int at = position;
    while (at + 1 < end && (data[at] != (byte) 0xFF || (data[at + 1] & 0x80) == 0)) {
      at++;
    }
    while (at + 2 < end && data[at + 1] == (byte) 0xFF) {
      at++;
    }
    position = at;
    return at;
  }

  /** Goes over the restart marker of this number, modulo 8. */
  void restart(int number) {
    int at = endSegment();
    if (at + 1 >= end || (data[at + 1] & 0xFF) != 0xD0 + (number & 7)) {
      throw CodecErrors.unreadable(JpegLsCodec.NAME, "restart marker " + number + " is missing");
    }
    position = at + 2;
  }
}
