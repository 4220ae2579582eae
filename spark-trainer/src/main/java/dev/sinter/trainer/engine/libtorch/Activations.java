package dev.sinter.trainer.engine.libtorch;

import dev.sinter.trainer.engine.libtorch.Operation.Unary;
import java.util.Optional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.activations.impl.ActivationLReLU;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.activations.impl.ActivationSigmoid;
import org.nd4j.linalg.activations.impl.ActivationSoftmax;
import org.nd4j.linalg.activations.impl.ActivationTanH;

/** Translates activation functions. */
final class Activations {
  static final Unary IDENTITY = (input, pass) -> input;

  private Activations() {}

  static Unary of(String vertex, IActivation activation) {
    if (activation instanceof ActivationIdentity) {
      return IDENTITY;
    }
    if (activation instanceof ActivationReLU relu) {
      if (relu.getMax() != null || relu.getThreshold() != null || relu.getNegativeSlope() != null) {
        throw UnsupportedLayer.at(vertex, "ReLU with a maximum, threshold or slope");
      }
      return new Relu();
    }
    if (activation instanceof ActivationLReLU leaky) {
      double slope = leaky.getAlpha();
      return (input, pass) -> torch.leaky_relu(input, new Scalar(slope));
    }
    if (activation instanceof ActivationSigmoid) {
      return (input, pass) -> torch.sigmoid(input);
    }
    if (activation instanceof ActivationTanH) {
      return (input, pass) -> torch.tanh(input);
    }
    if (activation instanceof ActivationSoftmax) {
      // DL4J takes it over the last dimension, also where that is an image's width.
      return (input, pass) -> torch.softmax(input, -1);
    }
    return RareActivations.of(vertex, activation);
  }

  /** Rectifier; its backward pass reads its output alone. */
  private record Relu() implements Unary {
    @Override
    public Tensor apply(Tensor input, Pass pass) {
      return torch.relu(input);
    }

    @Override
    public Optional<Operation> overwriting(int input) {
      Unary inPlace =
          (tensor, pass) -> {
            torch.relu_(tensor);
            return tensor;
          };
      return Optional.of(inPlace);
    }
  }
}
