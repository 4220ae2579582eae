package dev.sinter.trainer.engine.libtorch;

import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Weights and bias of a convolution or dense layer, given in the number format of the layer's
 * input.
 *
 * @param kernel weights
 * @param bias bias, if the layer has one
 */
record Weights(Parameter kernel, Optional<Parameter> bias) {
  Tensor kernelFor(Tensor input) {
    return kernel.in(input.scalar_type());
  }

  /** The bias, or none. */
  TensorOptional biasFor(Tensor input) {
    ScalarType type = input.scalar_type();
    return bias.map(parameter -> parameter.optionalIn(type)).orElseGet(TensorOptional::new);
  }
}
