package dev.sinter.dataset.source;

import dev.sinter.dataset.PixelType;
import java.nio.ByteBuffer;
import java.util.Locale;

/** Types of stored values, little-endian; named as NumPy names them. */
public enum VoxelType {
  /** One byte, 0 or 1. */
  BOOL(1, PixelType.UINT8),
  /** 8 bit, unsigned. */
  UINT8(1, PixelType.UINT8),
  /** 8 bit, signed. */
  INT8(1, PixelType.INT16),
  /** 16 bit, unsigned. */
  UINT16(2, PixelType.UINT16),
  /** 16 bit, signed. */
  INT16(2, PixelType.INT16),
  /** 32 bit, unsigned. */
  UINT32(4, PixelType.FLOAT32),
  /** 32 bit, signed. */
  INT32(4, PixelType.FLOAT32),
  /** 64 bit, unsigned. */
  UINT64(8, PixelType.FLOAT32),
  /** 64 bit, signed. */
  INT64(8, PixelType.FLOAT32),
  /** 16-bit IEEE 754. */
  FLOAT16(2, PixelType.FLOAT32),
  /** 32-bit IEEE 754. */
  FLOAT32(4, PixelType.FLOAT32),
  /** 64-bit IEEE 754. */
  FLOAT64(8, PixelType.FLOAT32),
  /** Two 32-bit IEEE 754: real and imaginary part. They have no order, so no value either. */
  COMPLEX64(8, PixelType.FLOAT32),
  /** Two 64-bit IEEE 754: real and imaginary part. */
  COMPLEX128(16, PixelType.FLOAT32);

  private final int bytes;
  private final PixelType pixelType;

  VoxelType(int bytes, PixelType pixelType) {
    this.bytes = bytes;
    this.pixelType = pixelType;
  }

  /** The type of a sample's pixels. */
  public static VoxelType of(PixelType type) {
    return switch (type) {
      case UINT8 -> UINT8;
      case UINT16 -> UINT16;
      case INT16 -> INT16;
      case FLOAT32 -> FLOAT32;
    };
  }

  /** Bytes per value. */
  public int bytes() {
    return bytes;
  }

  /** NumPy's name: {@code uint8}, {@code float32}, ... */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The smallest type of sample that holds these values; beyond 24 bit a float rounds them. */
  public PixelType pixelType() {
    return pixelType;
  }

  /** Whether values are real numbers; complex ones are stored and named, nothing more. */
  public boolean isReal() {
    return this != COMPLEX64 && this != COMPLEX128;
  }

  /** Whether values can be NaN or infinite. */
  public boolean isFloating() {
    return switch (this) {
      case FLOAT16, FLOAT32, FLOAT64, COMPLEX64, COMPLEX128 -> true;
      default -> false;
    };
  }

  /**
   * One value of a little-endian buffer.
   *
   * @throws IllegalStateException for complex values
   */
  public double value(ByteBuffer buffer, int index) {
    return switch (this) {
      case BOOL, UINT8 -> buffer.get(index) & 0xff;
      case INT8 -> buffer.get(index);
      case UINT16 -> buffer.getShort(2 * index) & 0xffff;
      case INT16 -> buffer.getShort(2 * index);
      case UINT32 -> buffer.getInt(4 * index) & 0xffffffffL;
      case INT32 -> buffer.getInt(4 * index);
      case UINT64 -> unsigned(buffer.getLong(8 * index));
      case INT64 -> buffer.getLong(8 * index);
      case FLOAT16 -> half(buffer.getShort(2 * index));
      case FLOAT32 -> buffer.getFloat(4 * index);
      case FLOAT64 -> buffer.getDouble(8 * index);
      case COMPLEX64, COMPLEX128 -> throw new IllegalStateException(key() + " has no order");
    };
  }

  private static double unsigned(long bits) {
    return bits >= 0 ? bits : (double) ((bits >>> 1) | (bits & 1)) * 2;
  }

  private static double half(short bits) {
    int exponent = (bits >> 10) & 0x1f;
    int fraction = bits & 0x3ff;
    double magnitude =
        switch (exponent) {
          case 0 -> fraction * 0x1p-24;
          case 0x1f -> fraction == 0 ? Double.POSITIVE_INFINITY : Double.NaN;
          default -> (1024 + fraction) * Math.scalb(1.0, exponent - 25);
        };
    return bits < 0 ? -magnitude : magnitude;
  }
}
