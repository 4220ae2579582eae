package dev.sinter.dataset;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Type of stored pixel values; little-endian where longer than a byte. */
public enum PixelType {
  /** 8 bit, unsigned. */
  @JsonProperty("uint8")
  UINT8(1),
  /** 16 bit, unsigned. */
  @JsonProperty("uint16")
  UINT16(2),
  /** 16 bit, signed. */
  @JsonProperty("int16")
  INT16(2),
  /** 32-bit IEEE 754. */
  @JsonProperty("float32")
  FLOAT32(4);

  private final int bytes;

  PixelType(int bytes) {
    this.bytes = bytes;
  }

  /** Whether the other type holds all values of this one. */
  boolean fitsInto(PixelType other) {
    return this == other || bytes < other.bytes;
  }

  /** The smallest type that holds the values of both: neither 16-bit type holds the other's. */
  static PixelType common(PixelType one, PixelType other) {
    if (one.fitsInto(other)) {
      return other;
    }
    return other.fitsInto(one) ? one : FLOAT32;
  }

  /** Bytes per value. */
  public int bytes() {
    return bytes;
  }
}
