package dev.sinter.trainer.engine.libtorch;

import dev.sinter.trainer.engine.libtorch.Operation.Unary;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.MemoryFormat;

/**
 * Two-dimensional transposed convolution.
 *
 * @param weights kernels, (in, out, height, width)
 * @param window what slides over the output
 */
record Deconvolution(Weights weights, Window window) implements Unary {
  private static final long ONE_GROUP = 1;

  @Override
  public boolean leavesOutputFree() {
    return !window.isSame(); // there it may be a part of a larger one
  }

  @Override
  public Tensor apply(Tensor input, Pass pass) {
    if (!window.isSame()) {
      return transpose(input, window.padding(), Window.NONE);
    }
    // The output is exactly stride times the input: crop what is over, or add what is missing.
    long vertical = window.extent(0) - window.stride()[0];
    long horizontal = window.extent(1) - window.stride()[1];
    long[] missing = {Math.max(0, -vertical), Math.max(0, -horizontal)};
    Tensor whole = transpose(input, Window.NONE, missing);
    Tensor rows = crop(whole, 2, vertical, input.size(2) * window.stride()[0]);
    return crop(rows, 3, horizontal, input.size(3) * window.stride()[1]);
  }

  private static Tensor crop(Tensor whole, int dimension, long excess, long size) {
    return excess <= 0 ? whole : whole.narrow(dimension, excess / 2, size);
  }

  private Tensor transpose(Tensor input, long[] padding, long[] outputPadding) {
    return torch.conv_transpose2d(
        input,
        // In another order libtorch unfolds the image instead, in time and memory.
        weights.kernelFor(input).contiguous(MemoryFormat.ChannelsLast),
        weights.biasFor(input),
        window.stride(),
        padding,
        outputPadding,
        ONE_GROUP,
        window.dilation());
  }
}
