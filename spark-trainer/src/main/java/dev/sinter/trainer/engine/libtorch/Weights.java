package dev.sinter.trainer.engine.libtorch;

import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Weights and bias of a convolution or dense layer.
 *
 * @param kernel weights
 * @param bias bias, if the layer has one
 */
record Weights(Parameter kernel, Optional<Parameter> bias) {

  /** The weights in the number format of the layer's input. */
  Working working(Tensor input) {
    ScalarType type = input.scalar_type().intern();
    return new Working(
        kernel.in(type),
        bias.map(parameter -> new TensorOptional(parameter.in(type)))
            .orElseGet(TensorOptional::new));
  }

  /**
   * Weights for the length of one call.
   *
   * @param kernel weights
   * @param bias bias or nothing
   */
  record Working(Tensor kernel, TensorOptional bias) implements AutoCloseable {
    @Override
    public void close() {
      bias.close();
    }
  }
}
