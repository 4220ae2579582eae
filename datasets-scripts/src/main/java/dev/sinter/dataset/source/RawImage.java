package dev.sinter.dataset.source;

import dev.sinter.dataset.PixelType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A decoded 2-D image with its stored values: no colour conversion, no rescaling.
 *
 * @param format file format: {@code png}, {@code jpeg}, {@code bmp} or {@code tiff}
 * @param channels 1 or 3; alpha is dropped, a palette is expanded
 * @param height pixels
 * @param width pixels
 * @param pixelType type of the stored values
 * @param pixels (channels, height, width) row major, little-endian
 */
public record RawImage(
    String format, int channels, int height, int width, PixelType pixelType, byte[] pixels)
    implements RawSource {

  /** Checks that the bytes match the shape. */
  public RawImage {
    long expected = (long) channels * height * width * pixelType.bytes();
    if (expected != pixels.length) {
      throw new IllegalArgumentException(
          "pixels hold " + pixels.length + " bytes, the shape needs " + expected);
    }
  }

  /** All values as floats, (channels, height, width). */
  public float[] values() {
    return values(pixelType, pixels);
  }

  /** Decodes little-endian stored values. */
  public static float[] values(PixelType type, byte[] pixels) {
    ByteBuffer buffer = ByteBuffer.wrap(pixels).order(ByteOrder.LITTLE_ENDIAN);
    float[] values = new float[pixels.length / type.bytes()];
    for (int i = 0; i < values.length; i++) {
      values[i] =
          switch (type) {
            case UINT8 -> pixels[i] & 0xff;
            case UINT16 -> buffer.getShort(2 * i) & 0xffff;
            case INT16 -> buffer.getShort(2 * i);
            case FLOAT32 -> buffer.getFloat(4 * i);
          };
    }
    return values;
  }

  /** Encodes values as little-endian stored values; integers are rounded and clamped. */
  public static byte[] encode(PixelType type, float[] values) {
    byte[] pixels = new byte[values.length * type.bytes()];
    ByteBuffer buffer = ByteBuffer.wrap(pixels).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      switch (type) {
        case UINT8 -> buffer.put((byte) clamp(value, 0, 255));
        case UINT16 -> buffer.putShort((short) clamp(value, 0, 65535));
        case INT16 -> buffer.putShort((short) clamp(value, -32768, 32767));
        case FLOAT32 -> buffer.putFloat(value);
      }
    }
    return pixels;
  }

  private static int clamp(float value, int low, int high) {
    return Math.max(low, Math.min(high, Math.round(value)));
  }
}
