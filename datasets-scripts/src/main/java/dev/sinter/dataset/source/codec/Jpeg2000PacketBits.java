package dev.sinter.dataset.source.codec;

/** Bits of a packet header, B.10.1: a byte FF is followed by seven. */
final class Jpeg2000PacketBits {
  private final byte[] data;
  private final int end;
  private int position;
  private int current;
  private int left;

  Jpeg2000PacketBits(byte[] data, int position, int end) {
    this.data = data;
    this.position = position;
    this.end = end;
  }

  int bit() {
    if (left == 0) {
      if (position >= end) {
        throw CodecErrors.unreadable(Jpeg2000Codec.NAME, "its packets end too early");
      }
      left = current == 0xFF ? 7 : 8;
      current = data[position++] & 0xFF;
    }
    return current >> --left & 1;
  }

  int bits(int count) {
    int value = 0;
    for (int i = 0; i < count; i++) {
      value = value << 1 | bit();
    }
    return value;
  }

  /** Ends the header; returns where the byte after it is. */
  int endHeader() {
    if (current == 0xFF) {
      position++;
    }
    left = 0;
    current = 0;
    return position;
  }

  /** Goes on with a header at this place. */
  void moveTo(int at) {
    position = at;
    left = 0;
    current = 0;
  }

  /** Goes over a marker segment of this many bytes, if it is there. */
  void skipMarker(int marker, int bytes) {
    if (end - position >= bytes
        && data[position] == (byte) 0xFF
        && (data[position + 1] & 0xFF) == marker) {
      position += bytes;
    }
  }

  int position() {
    return position;
  }
}
