package dev.sinter.trainer.engine.libtorch;

import dev.sinter.trainer.engine.libtorch.Operation.Unary;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/**
 * Convolution over images or volumes, in groups of channels.
 *
 * @param weights kernels as DL4J stores them
 * @param arrangement views them as (out, in / groups, [depth,] height, width)
 * @param window what slides
 * @param groups groups of channels that do not see each other
 */
record GeneralConvolution(
    Weights weights, UnaryOperator<Tensor> arrangement, Window window, long groups)
    implements Unary {
  @Override
  public Tensor apply(Tensor input, Pass pass) {
    return window.isSame()
        ? window.applySame(input, 0, this::convolve)
        : convolve(input, window.padding());
  }

  private Tensor convolve(Tensor input, long[] padding) {
    Tensor kernel = arrangement.apply(weights.kernelFor(input));
    TensorOptional bias = weights.biasFor(input);
    return window.kernel().length == 3
        ? torch.conv3d(input, kernel, bias, window.stride(), padding, window.dilation(), groups)
        : torch.conv2d(input, kernel, bias, window.stride(), padding, window.dilation(), groups);
  }
}
