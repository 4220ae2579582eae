package dev.sinter.trainer.prediction;

import dev.sinter.dataset.Sample;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Makes stored pixels of any type visible. */
final class EightBit {
  private EightBit() {}

  /**
   * All values mapped linearly from the sample's own minimum and maximum to 0 and 255; 8-bit pixels
   * stay as they are.
   */
  static byte[] windowed(Sample sample) {
    ByteBuffer pixels = ByteBuffer.wrap(sample.pixels()).order(ByteOrder.LITTLE_ENDIAN);
    int count = sample.pixels().length / sample.pixelType().bytes();
    if (sample.pixelType().bytes() == 1) {
      return sample.pixels();
    }
    float[] values = new float[count];
    float minimum = Float.POSITIVE_INFINITY;
    float maximum = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < count; i++) {
      values[i] =
          switch (sample.pixelType()) {
            case UINT8 -> pixels.get(i) & 0xff;
            case UINT16 -> pixels.getShort(2 * i) & 0xffff;
            case INT16 -> pixels.getShort(2 * i);
            case FLOAT32 -> pixels.getFloat(4 * i);
          };
      minimum = Math.min(minimum, values[i]);
      maximum = Math.max(maximum, values[i]);
    }
    float range = maximum > minimum ? maximum - minimum : 1;
    byte[] visible = new byte[count];
    for (int i = 0; i < count; i++) {
      visible[i] = (byte) Math.round(255 * (values[i] - minimum) / range);
    }
    return visible;
  }
}
