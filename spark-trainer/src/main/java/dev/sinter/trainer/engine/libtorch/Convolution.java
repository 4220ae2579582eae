package dev.sinter.trainer.engine.libtorch;

import dev.sinter.trainer.engine.libtorch.Operation.Unary;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Two-dimensional convolution.
 *
 * @param weights kernels, (out, in, height, width)
 * @param window what slides
 */
record Convolution(Weights weights, Window window) implements Unary {
  private static final long ONE_GROUP = 1;

  @Override
  public boolean leavesOutputFree() {
    return true;
  }

  @Override
  public Tensor apply(Tensor input, Pass pass) {
    return window.isSame()
        ? window.applySame(input, 0, this::convolve)
        : convolve(input, window.padding());
  }

  private Tensor convolve(Tensor input, long[] padding) {
    return torch.conv2d(
        input,
        weights.kernelFor(input),
        weights.biasFor(input),
        window.stride(),
        padding,
        window.dilation(),
        ONE_GROUP);
  }
}
