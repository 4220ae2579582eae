package dev.sinter.trainer.engine.libtorch;

import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch.MemoryFormat;

/**
 * Weights and bias of a convolution or dense layer, given in the number format of the layer's
 * input.
 *
 * @param kernel weights
 * @param bias bias, if the layer has one
 */
record Weights(Parameter kernel, Optional<Parameter> bias) {
  private static final int IMAGE_KERNEL = 4;

  /** The weights for this input; a working copy where its format is another one. */
  Working working(Tensor input) {
    if (input.scalar_type().intern() == kernel.value().scalar_type().intern()) {
      return new Working(
          kernel.value(), bias.map(Parameter::optional).orElseGet(TensorOptional::new), false);
    }
    Tensor copy = laidOut(kernel.value().to(input.scalar_type()));
    TensorOptional biasCopy =
        bias.map(parameter -> new TensorOptional(parameter.value().to(input.scalar_type())))
            .orElseGet(TensorOptional::new);
    return new Working(copy, biasCopy, true);
  }

  /** Kernels of images as convolutions want them: transposed ones are slow in another order. */
  private static Tensor laidOut(Tensor copy) {
    if (copy.dim() != IMAGE_KERNEL) {
      return copy;
    }
    Tensor channelsLast = copy.contiguous(MemoryFormat.ChannelsLast);
    copy.close();
    return channelsLast;
  }

  /**
   * Weights for the length of one call.
   *
   * @param kernel weights
   * @param bias bias or nothing
   * @param copied whether they are copies, to be released after the call
   */
  record Working(Tensor kernel, TensorOptional bias, boolean copied) implements AutoCloseable {
    @Override
    public void close() {
      if (copied) {
        kernel.close();
        bias.close();
      }
    }
  }
}
