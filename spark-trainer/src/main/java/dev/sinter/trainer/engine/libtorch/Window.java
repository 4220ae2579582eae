package dev.sinter.trainer.engine.libtorch;

import dev.sinter.trainer.engine.libtorch.Operation.Unary;
import java.util.Arrays;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.deeplearning4j.nn.conf.ConvolutionMode;

/**
 * A window that slides over height and width.
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

  /**
   * Applies the window as mode {@code Same} wants it: directly where the padding is even on both
   * sides, else on an input padded before.
   */
  Tensor applySame(Tensor input, double fill, PaddedOperation operation) {
    long vertical = samePadding(0, input.size(2));
    long horizontal = samePadding(1, input.size(3));
    if (vertical % 2 == 0 && horizontal % 2 == 0) {
      return operation.apply(input, new long[] {vertical / 2, horizontal / 2});
    }
    long top = vertical / 2;
    long left = horizontal / 2;
    Tensor padded =
        torch.constant_pad_nd(
            input, new long[] {left, horizontal - left, top, vertical - top}, new Scalar(fill));
    Tensor output = operation.apply(padded, NONE);
    padded.close();
    return output;
  }

  /** An operation that takes its padding. */
  @FunctionalInterface
  interface PaddedOperation {
    Tensor apply(Tensor input, long[] padding);
  }

  /** A constant border. */
  record ZeroPadding(long[] leftRightTopBottom) implements Unary {
    @Override
    public Tensor apply(Tensor input, Pass pass) {
      return torch.constant_pad_nd(input, leftRightTopBottom);
    }
  }
}
