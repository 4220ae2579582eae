package dev.sinter.trainer.data;

import dev.sinter.dataset.PixelType;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Stored bytes to floats: (value - mean) * scale + shift. */
final class PixelDecoder {
  private static final VarHandle SHORTS =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle FLOATS =
      MethodHandles.byteArrayViewVarHandle(float[].class, ByteOrder.LITTLE_ENDIAN);

  private PixelDecoder() {}

  /** Decodes {@code count} values from value {@code from} on, to the same places of the target. */
  static void decode(
      byte[] stored,
      PixelType type,
      int from,
      int count,
      float mean,
      float scale,
      float shift,
      float[] target) {
    int to = from + count;
    switch (type) {
      case UINT8 -> {
        for (int i = from; i < to; i++) {
          target[i] = ((stored[i] & 0xff) - mean) * scale + shift;
        }
      }
      case UINT16 -> {
        for (int i = from; i < to; i++) {
          target[i] = (((short) SHORTS.get(stored, 2 * i) & 0xffff) - mean) * scale + shift;
        }
      }
      case INT16 -> {
        for (int i = from; i < to; i++) {
          target[i] = ((short) SHORTS.get(stored, 2 * i) - mean) * scale + shift;
        }
      }
      case FLOAT32 -> {
        for (int i = from; i < to; i++) {
          target[i] = ((float) FLOATS.get(stored, 4 * i) - mean) * scale + shift;
        }
      }
    }
  }
}
