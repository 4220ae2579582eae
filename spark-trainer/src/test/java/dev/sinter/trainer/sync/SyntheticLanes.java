package dev.sinter.trainer.sync;

import dev.sinter.model.ParameterLayout;
import dev.sinter.model.ParameterTensor;
import dev.sinter.model.ParameterTensor.Role;
import java.util.List;
import java.util.SplittableRandom;

/** Gradients that depend on the parameters, the step and the lane, in place of a network. */
final class SyntheticLanes {
  private SyntheticLanes() {}

  /** A layout of any length from 5 on, with every kind of tensor. */
  static ParameterLayout layout(int length) {
    int weights = length / 2;
    int rest = length - weights - 3;
    return new ParameterLayout(
        List.of(
            new ParameterTensor("a", "W", 0, new long[] {weights, 1}, 'c', Role.TRAINABLE),
            new ParameterTensor("n", "gamma", weights, new long[] {1}, 'c', Role.TRAINABLE),
            new ParameterTensor("n", "mean", weights + 1, new long[] {1}, 'c', Role.RUNNING_MEAN),
            new ParameterTensor(
                "n", "var", weights + 2, new long[] {1}, 'c', Role.RUNNING_VARIANCE),
            new ParameterTensor("b", "W", weights + 3, new long[] {rest, 1}, 'c', Role.TRAINABLE)),
        length);
  }

  static float[] initial(int length) {
    SplittableRandom random = new SplittableRandom(length);
    float[] parameters = new float[length];
    for (int i = 0; i < length; i++) {
      parameters[i] = (float) random.nextGaussian();
    }
    return parameters;
  }

  static float[] gradient(long step, int lane, float[] parameters) {
    SplittableRandom random = new SplittableRandom(step * 1000 + lane);
    float[] gradient = new float[parameters.length];
    for (int i = 0; i < gradient.length; i++) {
      gradient[i] = 0.3f * parameters[i] + (float) random.nextDouble(-1, 1);
    }
    return gradient;
  }

  static float loss(long step, int lane) {
    return (float) new SplittableRandom(step * 77 + lane).nextDouble();
  }
}
