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

  /** Values of a tensor in row-major order, in single precision. */
  @FunctionalInterface
  public interface Elements {
    /** The value at a place. */
    float at(int index);
  }

  /** Where values come from that are not in a file; they become bytes for who asks for bytes. */
  private record Source(long[] shape, Supplier<Elements> elements) implements Supplier<ByteBuffer> {
    @Override
    public ByteBuffer get() {
      int length = Math.toIntExact(product(shape));
      ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(length, Float.BYTES));
      Elements values = elements.get();
      for (int i = 0; i < length; i++) {
        bytes.putFloat(i * Float.BYTES, values.at(i));
      }
      return bytes;
    }
  }

  /** A tensor that is in memory. */
  public static WeightTensor of(String name, long[] shape, float[] values) {
    return computed(name, shape, () -> values);
  }

  /** A tensor whose values are computed when they are asked for. */
  public static WeightTensor computed(String name, long[] shape, Supplier<float[]> values) {
    return derived(
        name,
        shape,
        () -> {
          float[] floats = values.get();
          return index -> floats[index];
        });
  }

  /** A tensor of one value, which takes no memory. */
  public static WeightTensor filled(String name, long[] shape, float value) {
    return derived(name, shape, () -> index -> value);
  }

  /** A tensor whose values are made one by one, for instance of another's. */
  public static WeightTensor derived(String name, long[] shape, Supplier<Elements> elements) {
    return new WeightTensor(name, shape, ElementType.F32, new Source(shape.clone(), elements));
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
    return product(shape);
  }

  private static long product(long[] shape) {
    if (Arrays.stream(shape).anyMatch(side -> side < 0)) {
      throw new ArithmeticException("a side of " + shapeText(shape) + " is negative");
    }
    return Arrays.stream(shape).reduce(1, Math::multiplyExact);
  }

  /** The values where they are: a tensor of a file is not copied. */
  public Elements elements() {
    if (bytes instanceof Source source) {
      return source.elements().get();
    }
    ByteBuffer source = bytes.get();
    return index -> type.read(source, index);
  }

  /** All values in row-major order, in single precision. */
  public float[] floats() {
    Elements elements = elements(); // a file that is damaged fails before it takes memory
    float[] values = new float[Math.toIntExact(length())];
    for (int i = 0; i < values.length; i++) {
      values[i] = elements.at(i);
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
