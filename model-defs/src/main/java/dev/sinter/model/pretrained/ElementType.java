package dev.sinter.model.pretrained;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

/** Element types of weight files; the names are those of safetensors. */
public enum ElementType {
  /** IEEE double. */
  F64(8) {
    @Override
    float read(ByteBuffer bytes, int index) {
      return (float) bytes.getDouble(index * 8);
    }
  },
  /** IEEE single. */
  F32(4) {
    @Override
    float read(ByteBuffer bytes, int index) {
      return bytes.getFloat(index * 4);
    }
  },
  /** IEEE half. */
  F16(2) {
    @Override
    float read(ByteBuffer bytes, int index) {
      return fromHalf(bytes.getShort(index * 2));
    }
  },
  /** The upper half of an IEEE single. */
  BF16(2) {
    @Override
    float read(ByteBuffer bytes, int index) {
      return Float.intBitsToFloat(bytes.getShort(index * 2) << 16);
    }
  },
  /** Signed. */
  I64(8) {
    @Override
    float read(ByteBuffer bytes, int index) {
      return (float) bytes.getLong(index * 8);
    }
  },
  /** Signed. */
  I32(4) {
    @Override
    float read(ByteBuffer bytes, int index) {
      return (float) bytes.getInt(index * 4);
    }
  },
  /** Signed. */
  I16(2) {
    @Override
    float read(ByteBuffer bytes, int index) {
      return bytes.getShort(index * 2);
    }
  },
  /** Signed. */
  I8(1) {
    @Override
    float read(ByteBuffer bytes, int index) {
      return bytes.get(index);
    }
  },
  /** Unsigned. */
  U8(1) {
    @Override
    float read(ByteBuffer bytes, int index) {
      return bytes.get(index) & 0xFF;
    }
  },
  /** One byte each: 0 or 1. */
  BOOL(1) {
    @Override
    float read(ByteBuffer bytes, int index) {
      return bytes.get(index) == 0 ? 0 : 1;
    }
  };

  private final int bytes;

  ElementType(int bytes) {
    this.bytes = bytes;
  }

  /** Size of one element. */
  public int bytes() {
    return bytes;
  }

  /** Element {@code index}, rounded to single precision. */
  abstract float read(ByteBuffer bytes, int index);

  static Optional<ElementType> named(String name) {
    return Arrays.stream(values()).filter(type -> type.name().equals(name)).findFirst();
  }

  private static float fromHalf(short half) {
    int sign = half & 0x8000;
    int exponent = (half >> 10) & 0x1F;
    int fraction = half & 0x3FF;
    float magnitude;
    if (exponent == 0) {
      magnitude = fraction * 0x1p-24f;
    } else if (exponent == 31) {
      magnitude = fraction == 0 ? Float.POSITIVE_INFINITY : Float.NaN;
    } else {
      magnitude = Float.intBitsToFloat(((exponent + 112) << 23) | (fraction << 13));
    }
    return sign == 0 ? magnitude : -magnitude;
  }
}
