package dev.sinter.dataset;

/** Type of stored pixel values; little-endian where longer than a byte. */
public enum PixelType {
  /** 8 bit, unsigned. */
  UINT8(1),
  /** 16 bit, unsigned. */
  UINT16(2),
  /** 16 bit, signed. */
  INT16(2),
  /** 32-bit IEEE 754. */
  FLOAT32(4);

  private final int bytes;

  PixelType(int bytes) {
    this.bytes = bytes;
  }

  /** Bytes per value. */
  public int bytes() {
    return bytes;
  }
}
