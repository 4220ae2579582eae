package dev.sinter.trainer.engine.libtorch;

import dev.sinter.trainer.engine.libtorch.Operation.Unary;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Three-dimensional transposed convolution.
 *
 * @param weights kernels, (depth, height, width, out, in)
 * @param window what slides over the output
 */
record VolumeDeconvolution(Weights weights, Window window) implements Unary {
  private static final long ONE_GROUP = 1;

  @Override
  public Tensor apply(Tensor input, Pass pass) {
    if (!window.isSame()) {
      return transpose(input, window.padding(), window.none());
    }
    // The output is exactly stride times the input: crop what is over, or add what is missing.
    long[] missing = window.none();
    for (int i = 0; i < missing.length; i++) {
      missing[i] = Math.max(0, -excess(i));
    }
    Tensor output = transpose(input, window.none(), missing);
    for (int i = 0; i < missing.length; i++) {
      if (excess(i) > 0) {
        output = output.narrow(i + 2, excess(i) / 2, input.size(i + 2) * window.stride()[i]);
      }
    }
    return output;
  }

  private long excess(int dimension) {
    return window.extent(dimension) - window.stride()[dimension];
  }

  private Tensor transpose(Tensor input, long[] padding, long[] outputPadding) {
    return torch.conv_transpose3d(
        input,
        weights.kernelFor(input).permute(4, 3, 0, 1, 2),
        weights.biasFor(input),
        window.stride(),
        padding,
        outputPadding,
        ONE_GROUP,
        window.dilation());
  }
}
