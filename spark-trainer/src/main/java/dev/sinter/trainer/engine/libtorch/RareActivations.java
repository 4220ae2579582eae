package dev.sinter.trainer.engine.libtorch;

import dev.sinter.trainer.engine.libtorch.Operation.Unary;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationCube;
import org.nd4j.linalg.activations.impl.ActivationELU;
import org.nd4j.linalg.activations.impl.ActivationGELU;
import org.nd4j.linalg.activations.impl.ActivationHardSigmoid;
import org.nd4j.linalg.activations.impl.ActivationHardTanH;
import org.nd4j.linalg.activations.impl.ActivationMish;
import org.nd4j.linalg.activations.impl.ActivationRationalTanh;
import org.nd4j.linalg.activations.impl.ActivationReLU6;
import org.nd4j.linalg.activations.impl.ActivationRectifiedTanh;
import org.nd4j.linalg.activations.impl.ActivationSELU;
import org.nd4j.linalg.activations.impl.ActivationSoftPlus;
import org.nd4j.linalg.activations.impl.ActivationSoftSign;
import org.nd4j.linalg.activations.impl.ActivationSwish;
import org.nd4j.linalg.activations.impl.ActivationThresholdedReLU;

/** Activations beyond the common ones, by ND4J's formulas where they differ from torch's. */
final class RareActivations {
  private RareActivations() {}

  static Unary of(String vertex, IActivation activation) {
    Class<?> type = activation.getClass();
    if (type == ActivationELU.class) {
      if (((ActivationELU) activation).getAlpha() != ActivationELU.DEFAULT_ALPHA) {
        throw UnsupportedLayer.at(vertex, "ELU with an alpha, which DL4J's gradient leaves out");
      }
      return (input, pass) -> torch.elu(input);
    }
    if (type == ActivationSELU.class) {
      return (input, pass) -> torch.selu(input);
    }
    if (type == ActivationGELU.class) {
      if (((ActivationGELU) activation).isPrecise()) {
        throw UnsupportedLayer.at(vertex, "the precise GELU, whose ND4J formula is no GELU");
      }
      return (input, pass) -> input.mul(torch.sigmoid(input.mul(new Scalar(1.702))));
    }
    if (type == ActivationSwish.class) {
      return (input, pass) -> torch.silu(input);
    }
    if (type == ActivationMish.class) {
      return (input, pass) -> torch.mish(input);
    }
    if (type == ActivationSoftPlus.class) {
      return (input, pass) -> torch.softplus(input);
    }
    if (type == ActivationSoftSign.class) {
      return (input, pass) -> input.div(input.abs().add(new Scalar(1.0)));
    }
    if (type == ActivationCube.class) {
      return (input, pass) -> input.mul(input).mul(input);
    }
    if (type == ActivationReLU6.class) {
      return (input, pass) -> clamp(input, 0, 6);
    }
    if (type == ActivationHardTanH.class) {
      return (input, pass) -> clamp(input, -1, 1);
    }
    if (type == ActivationHardSigmoid.class) {
      return (input, pass) -> clamp(input.mul(new Scalar(0.2)).add(new Scalar(0.5)), 0, 1);
    }
    if (type == ActivationRectifiedTanh.class) {
      return (input, pass) -> torch.relu(torch.tanh(input));
    }
    if (type == ActivationThresholdedReLU.class) {
      double threshold = ((ActivationThresholdedReLU) activation).getTheta();
      return (input, pass) -> input.mul(input.gt(new Scalar(threshold)));
    }
    if (type == ActivationRationalTanh.class) {
      return (input, pass) -> rationalTanh(input);
    }
    throw UnsupportedLayer.at(vertex, type);
  }

  /** 1.7159 tanh(2x/3), with tanh(y) as sign(y) (1 - 1 / (1 + |y| + y^2 + 1.41645 y^4)). */
  private static Tensor rationalTanh(Tensor input) {
    Tensor y = input.mul(new Scalar(2.0 / 3));
    Tensor squared = y.mul(y);
    Tensor polynomial =
        y.abs()
            .add(squared)
            .add(squared.mul(squared).mul(new Scalar(1.41645)))
            .add(new Scalar(1.0));
    Tensor magnitude = polynomial.reciprocal().neg().add(new Scalar(1.0));
    return y.sign().mul(magnitude).mul(new Scalar(1.7159));
  }

  private static Tensor clamp(Tensor input, double minimum, double maximum) {
    return input.clamp(
        new ScalarOptional(new Scalar(minimum)), new ScalarOptional(new Scalar(maximum)));
  }
}
