package dev.sinter.dataset.source;

import dev.sinter.dataset.PixelType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * A decoded 2-D image with its stored values: no colour conversion but that of its file format.
 *
 * @param format file format: {@code png}, {@code jpeg}, {@code bmp}, {@code tiff}, {@code npy}, ...
 * @param channels values per pixel, one plane each: 1 for gray, 3 for red, green, blue, or any
 *     other number; alpha is dropped, a palette is expanded
 * @param height pixels
 * @param width pixels
 * @param type of the stored values
 * @param pixels (channels, height, width) row major, little-endian
 * @param scaling of stored values
 * @param geometry spacing of rows and columns, orientation
 * @param notes what a reader of a report should know, such as a dropped alpha channel
 */
public record RawImage(
    String format,
    int channels,
    int height,
    int width,
    VoxelType type,
    byte[] pixels,
    Scaling scaling,
    Geometry geometry,
    List<String> notes)
    implements RawSource {

  /** Checks that the bytes match the shape. */
  public RawImage {
    notes = List.copyOf(notes);
    long expected = (long) channels * height * width * type.bytes();
    if (expected != pixels.length) {
      throw new IllegalArgumentException(
          "pixels hold " + pixels.length + " bytes, the shape needs " + expected);
    }
  }

  /** An image whose values are what is stored, at no known place. */
  public RawImage(
      String format, int channels, int height, int width, PixelType type, byte[] pixels) {
    this(
        format,
        channels,
        height,
        width,
        VoxelType.of(type),
        pixels,
        Scaling.NONE,
        Geometry.UNKNOWN,
        List.of());
  }

  /** The smallest type of sample that holds the values after scaling. */
  public PixelType pixelType() {
    return scaling.isNone() ? type.pixelType() : PixelType.FLOAT32;
  }

  /** Whether {@code pixels} already are the values, in this type. */
  public boolean isStoredAs(PixelType wanted) {
    return scaling.isNone() && type == VoxelType.of(wanted);
  }

  /** All values after slope and intercept, (channels, height, width). */
  @Override
  public float[] values() {
    return StoredValues.floats(type, pixels, scaling);
  }

  /** Decodes little-endian stored values. */
  public static float[] values(PixelType type, byte[] pixels) {
    return StoredValues.floats(VoxelType.of(type), pixels, Scaling.NONE);
  }

  /** Encodes values as little-endian stored values; integers are rounded and clamped. */
  public static byte[] encode(PixelType type, float[] values) {
    byte[] pixels = new byte[Math.multiplyExact(values.length, type.bytes())];
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
