package dev.sinter.model.pretrained;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * One named tensor of a weight file. Its values stay in the file until they are asked for.
 *
 * @param name as in the file
 * @param shape as in the file; empty for a single number
 * @param type of its elements in the file
 * @param bytes its elements in row-major order, in the byte order of the buffer
 */
public record WeightTensor(
    String name, long[] shape, ElementType type, Supplier<ByteBuffer> bytes) {

  /** Copies the shape. */
  public WeightTensor {
    shape = shape.clone();
  }

  /** A tensor that is in memory. */
  public static WeightTensor of(String name, long[] shape, float[] values) {
    return computed(name, shape, () -> values);
  }

  /** A tensor whose values are computed when they are asked for. */
  public static WeightTensor computed(String name, long[] shape, Supplier<float[]> values) {
    return new WeightTensor(
        name,
        shape,
        ElementType.F32,
        () -> {
          float[] floats = values.get();
          ByteBuffer bytes = ByteBuffer.allocate(floats.length * Float.BYTES);
          bytes.asFloatBuffer().put(floats);
          return bytes;
        });
  }

  @Override
  public long[] shape() {
    return shape.clone();
  }

  /**
   * Number of elements.
   *
   * @throws ArithmeticException for a shape that no file can hold
   */
  public long length() {
    if (Arrays.stream(shape).anyMatch(side -> side < 0)) {
      throw new ArithmeticException("a side of " + shapeText() + " is negative");
    }
    return Arrays.stream(shape).reduce(1, Math::multiplyExact);
  }

  /** All values in row-major order, in single precision. */
  public float[] floats() {
    ByteBuffer source = bytes.get();
    float[] values = new float[Math.toIntExact(length())];
    if (type == ElementType.F32) {
      source.duplicate().order(source.order()).asFloatBuffer().get(values);
      return values;
    }
    for (int i = 0; i < values.length; i++) {
      values[i] = type.read(source, i);
    }
    return values;
  }

  /** The same under another name. */
  public WeightTensor named(String other) {
    return new WeightTensor(other, shape, type, bytes);
  }

  /** The shape as messages show it, such as {@code 64x3x7x7}. */
  public String shapeText() {
    return shapeText(shape);
  }

  static String shapeText(long[] shape) {
    return shape.length == 0
        ? "a single number"
        : Arrays.stream(shape).mapToObj(Long::toString).collect(Collectors.joining("x"));
  }
}
