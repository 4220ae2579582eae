package dev.sinter.model.pretrained;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * A view of a storage.
 *
 * @param offset its first element
 * @param strides elements between neighbours in each dimension
 */
record TorchTensor(TorchStorage storage, long offset, long[] shape, long[] strides) {

  /** Whether every element lies within the storage. */
  boolean isWithinStorage() {
    if (offset < 0 || shape.length != strides.length) {
      return false;
    }
    long last = offset;
    long length = 1;
    try {
      for (int i = 0; i < shape.length; i++) {
        if (shape[i] < 0 || strides[i] < 0) {
          return false;
        }
        length = Math.multiplyExact(length, shape[i]);
        last = Math.addExact(last, Math.multiplyExact(Math.max(0, shape[i] - 1), strides[i]));
      }
    } catch (ArithmeticException e) {
      return false;
    }
    // A broadcast view may have more elements than its storage, but nobody saves weights so.
    return length == 0 || (last < storage.length() && length <= storage.length());
  }

  /** The same as a tensor whose elements are in row-major order. */
  WeightTensor toWeights(String name) {
    return new WeightTensor(name, shape, storage.type(), this::rowMajor);
  }

  private ByteBuffer rowMajor() {
    ByteBuffer source = storage.bytes().get();
    int size = storage.type().bytes();
    int length = Math.toIntExact(Arrays.stream(shape).reduce(1, Math::multiplyExact));
    ByteBuffer target = ByteBuffer.allocate(Math.multiplyExact(length, size)).order(source.order());
    long[] index = new long[shape.length];
    long element = offset;
    for (int i = 0; i < length; i++) {
      target.put(i * size, source, Math.toIntExact(element * size), size);
      for (int axis = shape.length - 1; axis >= 0; axis--) {
        element += strides[axis];
        if (++index[axis] < shape[axis]) {
          break;
        }
        element -= strides[axis] * shape[axis];
        index[axis] = 0;
      }
    }
    return target;
  }
}
