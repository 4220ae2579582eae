package dev.sinter.trainer.engine.nd4j;

import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.scalar.RectifiedLinear;
import org.nd4j.linalg.api.ops.impl.scalar.Step;
import org.nd4j.linalg.factory.Nd4j;

/** max(x, 0) and its derivative, in one and in two passes. */
final class Rectification {
  private Rectification() {}

  /** Whether an activation is ReLU without a slope, a threshold or a maximum. */
  static boolean isPlain(IActivation activation) {
    return activation.equals(new ActivationReLU());
  }

  static void forward(INDArray input, INDArray output) {
    Nd4j.exec(new RectifiedLinear(input, output, 0));
  }

  /**
   * The gradient for the input.
   *
   * @param values input or output: their signs are all that matters
   * @param epsilon gradient for the output, C order
   * @param gradient receives it
   */
  static void backward(INDArray values, INDArray epsilon, INDArray gradient) {
    Nd4j.exec(new Step(values, gradient, 0));
    gradient.muli(epsilon);
  }
}
