package dev.sinter.dataset.source.codec;

import java.io.ByteArrayOutputStream;

/** Writes bits and marker segments of the JPEG family. */
final class BitSink {
  /** What follows a byte FF inside of compressed data. */
  enum Stuffing {
    ZERO_BYTE,
    ZERO_BIT
  }

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final Stuffing stuffing;
  private int current;
  private int free = 8;

  BitSink(Stuffing stuffing) {
    this.stuffing = stuffing;
  }

  void bits(int value, int count) {
    for (int i = count - 1; i >= 0; i--) {
      current = current << 1 | (value >> i & 1);
      if (--free == 0) {
        flush();
      }
    }
  }

  private void flush() {
    out.write(current);
    boolean full = (current & 0xFF) == 0xFF;
    if (full && stuffing == Stuffing.ZERO_BYTE) {
      out.write(0);
    }
    free = full && stuffing == Stuffing.ZERO_BIT ? 7 : 8;
    current = 0;
  }

  /** Fills the last byte: with ones before JPEG's markers, with zeros in JPEG-LS. */
  void align() {
    boolean ones = stuffing == Stuffing.ZERO_BYTE;
    while (free < 8 && !(free == 7 && lastIsFull() && stuffing == Stuffing.ZERO_BIT)) {
      bits(ones ? 1 : 0, 1);
    }
    if (free == 7) {
      bits(0, 7);
    }
    free = 8;
    current = 0;
  }

  private boolean lastIsFull() {
    byte[] all = out.toByteArray();
    return all.length > 0 && all[all.length - 1] == (byte) 0xFF;
  }

  /** A marker, or a segment if there are any values: each takes as many bytes as {@code sizes}. */
  void marker(int marker) {
    out.write(0xFF);
    out.write(marker);
  }

  void segment(int marker, int... bytes) {
    marker(marker);
    int length = bytes.length + 2;
    out.write(length >> 8);
    out.write(length);
    for (int value : bytes) {
      out.write(value);
    }
  }

  byte[] bytes() {
    return out.toByteArray();
  }
}
