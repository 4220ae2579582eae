package dev.sinter.trainer.engine.libtorch;

import dev.sinter.trainer.engine.libtorch.Operation.Unary;
import java.util.Arrays;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.deeplearning4j.nn.conf.ConvolutionMode;

/**
 * A window that slides over an image or a volume.
 *
 * @param kernel size
 * @param stride step
 * @param padding zeros before and after; ignored in mode {@code Same}
 * @param dilation distance between taps
 * @param mode DL4J's convolution mode
 */
record Window(long[] kernel, long[] stride, long[] padding, long[] dilation, ConvolutionMode mode) {
  static final long[] NONE = {0, 0};

  static Window of(
      String vertex,
      int[] kernel,
      int[] stride,
      int[] padding,
      int[] dilation,
      ConvolutionMode mode) {
    if (mode == ConvolutionMode.Causal) {
      throw UnsupportedLayer.at(vertex, "convolution mode Causal");
    }
    return new Window(longs(kernel), longs(stride), longs(padding), longs(dilation), mode);
  }

  private static long[] longs(int[] values) {
    return Arrays.stream(values).asLongStream().toArray();
  }

  /** Whether the padding depends on the input, and may be larger below and on the right. */
  boolean isSame() {
    return mode == ConvolutionMode.Same;
  }

  /** The extent of the kernel with its dilation. */
  long extent(int dimension) {
    return (kernel[dimension] - 1) * dilation[dimension] + 1;
  }

  /** Total padding that mode {@code Same} adds to an input of this size. */
  long samePadding(int dimension, long size) {
    long outputs = (size + stride[dimension] - 1) / stride[dimension];
    return Math.max(0, (outputs - 1) * stride[dimension] + extent(dimension) - size);
  }

  /** No padding on any side. */
  long[] none() {
    return new long[kernel.length];
  }

  /**
   * Applies the window as mode {@code Same} wants it: directly where the padding is even on both
   * sides, else on an input padded before.
   */
  Tensor applySame(Tensor input, double fill, PaddedOperation operation) {
    int dimensions = kernel.length;
    long[] half = none();
    long[] lastDimensionFirst = new long[2 * dimensions];
    boolean even = true;
    for (int i = 0; i < dimensions; i++) {
      long total = samePadding(i, input.size(i + 2));
      half[i] = total / 2;
      even &= total % 2 == 0;
      lastDimensionFirst[2 * (dimensions - 1 - i)] = total / 2;
      lastDimensionFirst[2 * (dimensions - 1 - i) + 1] = total - total / 2;
    }
    if (even) {
      return operation.apply(input, half);
    }
    Tensor padded = torch.constant_pad_nd(input, lastDimensionFirst, new Scalar(fill));
    Tensor output = operation.apply(padded, none());
    padded.close();
    return output;
  }

  /** An operation that takes its padding. */
  @FunctionalInterface
  interface PaddedOperation {
    Tensor apply(Tensor input, long[] padding);
  }

  /**
   * A border of zeros.
   *
   * @param lastDimensionFirst before and after, from the last dimension on
   */
  record ZeroPadding(long[] lastDimensionFirst) implements Unary {
    @Override
    public Tensor apply(Tensor input, Pass pass) {
      return torch.constant_pad_nd(input, lastDimensionFirst);
    }
  }
}
