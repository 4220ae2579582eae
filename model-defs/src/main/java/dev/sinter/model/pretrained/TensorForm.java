package dev.sinter.model.pretrained;

import java.nio.FloatBuffer;
import java.util.Arrays;

/**
 * How a tensor of the flat vector lies in a file: under which name, and with which axes in which
 * order.
 *
 * @param name in the file
 * @param view the tensor's part of the flat vector as a row-major array
 * @param axes axis {@code i} of the file is axis {@code axes[i]} of the view
 * @param shape in the file; it may join neighbouring axes
 */
public record TensorForm(String name, long[] view, int[] axes, long[] shape) {

  /** A file that keeps the view's order. */
  public static TensorForm same(String name, long... shape) {
    int[] axes = new int[shape.length];
    Arrays.setAll(axes, i -> i);
    return new TensorForm(name, shape, axes, shape);
  }

  /** A file that permutes the axes and joins none. */
  public static TensorForm permuted(String name, long[] view, int... axes) {
    return new TensorForm(
        name, view, axes, Arrays.stream(axes).mapToLong(axis -> view[axis]).toArray());
  }

  /** Copies the arrays. */
  public TensorForm {
    view = view.clone();
    axes = axes.clone();
    shape = shape.clone();
  }

  @Override
  public long[] view() {
    return view.clone();
  }

  @Override
  public int[] axes() {
    return axes.clone();
  }

  @Override
  public long[] shape() {
    return shape.clone();
  }

  /** The same with another number of elements in the second axis: a convolution's inputs. */
  TensorForm withInputs(long inputs) {
    long[] other = view.clone();
    other[1] = inputs;
    return permuted(name, other, axes);
  }

  /** Whether a file's tensor has the shape. */
  boolean fits(long[] other) {
    return Arrays.equals(shape, other);
  }

  /** Number of elements. */
  int length() {
    return Math.toIntExact(Arrays.stream(view).reduce(1, (a, b) -> a * b));
  }

  /**
   * From the file's order to the flat vector's.
   *
   * @param flat the tensor's part of the flat vector, from its first element on
   */
  public void toFlat(WeightTensor.Elements inFile, FloatBuffer flat) {
    forEach((file, place) -> flat.put(place, inFile.at(file)));
  }

  /** From the flat vector's order to the file's. */
  public float[] toFile(FloatBuffer flat) {
    float[] inFile = new float[length()];
    forEach((file, place) -> inFile[file] = flat.get(place));
    return inFile;
  }

  @FunctionalInterface
  private interface Places {
    void visit(int file, int place);
  }

  /** Visits each element of the file, and its place in the view. */
  private void forEach(Places places) {
    long[] strides = new long[view.length];
    long stride = 1;
    for (int axis = view.length - 1; axis >= 0; axis--) {
      strides[axis] = stride;
      stride *= view[axis];
    }
    long[] index = new long[axes.length];
    long place = 0;
    int length = length();
    for (int i = 0; i < length; i++) {
      places.visit(i, (int) place);
      for (int axis = axes.length - 1; axis >= 0; axis--) {
        place += strides[axes[axis]];
        if (++index[axis] < view[axes[axis]]) {
          break;
        }
        place -= strides[axes[axis]] * view[axes[axis]];
        index[axis] = 0;
      }
    }
  }
}
