package dev.sinter.dataset.source;

import java.nio.ByteBuffer;
import java.util.Optional;

/** Types of stored voxels, with their codes in the header. */
public enum NiftiType {
  /** 8 bit, unsigned. */
  UINT8(2, 1),
  /** 16 bit, signed. */
  INT16(4, 2),
  /** 32 bit, signed. */
  INT32(8, 4),
  /** 32-bit IEEE 754. */
  FLOAT32(16, 4),
  /** 64-bit IEEE 754. */
  FLOAT64(64, 8),
  /** 8 bit, signed. */
  INT8(256, 1),
  /** 16 bit, unsigned. */
  UINT16(512, 2),
  /** 32 bit, unsigned. */
  UINT32(768, 4);

  private final int code;
  private final int bytes;

  NiftiType(int code, int bytes) {
    this.code = code;
    this.bytes = bytes;
  }

  /** The header's {@code datatype}. */
  public int code() {
    return code;
  }

  /** Bytes per voxel. */
  public int bytes() {
    return bytes;
  }

  static Optional<NiftiType> ofCode(int code) {
    for (NiftiType type : values()) {
      if (type.code == code) {
        return Optional.of(type);
      }
    }
    return Optional.empty();
  }

  double value(ByteBuffer buffer, int index) {
    return switch (this) {
      case UINT8 -> buffer.get(index) & 0xff;
      case INT8 -> buffer.get(index);
      case INT16 -> buffer.getShort(2 * index);
      case UINT16 -> buffer.getShort(2 * index) & 0xffff;
      case INT32 -> buffer.getInt(4 * index);
      case UINT32 -> buffer.getInt(4 * index) & 0xffffffffL;
      case FLOAT32 -> buffer.getFloat(4 * index);
      case FLOAT64 -> buffer.getDouble(8 * index);
    };
  }
}
