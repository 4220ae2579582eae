package dev.sinter.trainer.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sinter.error.SinterException;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OptimizersTest {
  private static final int COUNT = 37;
  private static final int STEPS = 25;
  private static final double RATE = 0.05;

  @ParameterizedTest
  @CsvSource({
    "sgd, 0.9, true, 0.0", "sgd, 0.9, true, 0.1", "sgd, 0.8, false, 0.1", "sgd, 0.0, false, 0.1",
    "adam, 0.9, true, 0.0", "adam, 0.9, true, 0.1", "adamw, 0.9, true, 0.0",
        "adamw, 0.9, true, 0.1",
    "rmsprop, 0.0, true, 0.0", "rmsprop, 0.0, true, 0.1", "rmsprop, 0.8, true, 0.1"
  })
  void followsPyTorchsFormulas(String name, double momentum, boolean nesterov, double weightDecay) {
    followsTheReference(settings(name, momentum, nesterov, false, weightDecay));
  }

  @ParameterizedTest
  @CsvSource({"0.0, 0.0", "0.0, 0.1", "0.8, 0.1"})
  void centersTheMeanSquareOfRmsProp(double momentum, double weightDecay) {
    followsTheReference(settings("rmsprop", momentum, true, true, weightDecay));
  }

  private static OptimizerSettings settings(
      String name, double momentum, boolean nesterov, boolean centered, double weightDecay) {
    double epsilon = name.equals("rmsprop") ? 1e-2 : 1e-8;
    return new OptimizerSettings(
        name,
        RATE,
        momentum,
        nesterov,
        0.9,
        0.99,
        epsilon,
        0.95,
        centered,
        0.01,
        weightDecay,
        0,
        0);
  }

  private static void followsTheReference(OptimizerSettings settings) {
    Optimizer optimizer = Optimizers.create(settings);
    SplittableRandom random = new SplittableRandom(7);
    float[] parameters = gaussian(random, COUNT);
    double[][] reference = new double[COUNT][];
    for (int i = 0; i < COUNT; i++) {
      reference[i] = new double[] {parameters[i], 0, 0, 0};
    }
    float[][] state = new float[optimizer.stateVectors()][COUNT];

    for (int step = 1; step <= STEPS; step++) {
      float[] gradients = gaussian(random, COUNT);
      for (int i = 0; i < COUNT; i++) {
        referenceStep(settings, step, reference[i], gradients[i]);
      }
      optimizer.at(step, RATE).apply(parameters, gradients, state, COUNT, Treatment.DECAYED);
    }

    for (int i = 0; i < COUNT; i++) {
      assertThat((double) parameters[i]).isCloseTo(reference[i][0], within(2e-6));
    }
  }

  @Test
  void matchesAnUpdateComputedByHand() {
    // p = 1, g = 0.5, wd = 0.1: d = 0.6; v = 0.6; step = 0.6 + 0.9 * 0.6 = 1.14; p = 1 - 0.114
    Optimizer sgd = Optimizers.create(OptimizerSettings.of("sgd", 0.1).withWeightDecay(0.1));
    float[] parameter = {1f};
    float[][] state = {{0f}};
    sgd.at(1, 0.1).apply(parameter, new float[] {0.5f}, state, 1, Treatment.DECAYED);
    assertThat(parameter[0]).isCloseTo(0.886f, within(1e-6f));
    assertThat(state[0][0]).isCloseTo(0.6f, within(1e-6f));
  }

  @ParameterizedTest
  @CsvSource({"sgd", "adam", "adamw", "rmsprop"})
  void leavesUndecayedTensorsWithoutDecay(String name) {
    OptimizerSettings plain = OptimizerSettings.of(name, RATE);
    float[] undecayed = oneStep(plain.withWeightDecay(0.5), Treatment.UNDECAYED);
    assertThat(undecayed).isEqualTo(oneStep(plain, Treatment.DECAYED));
    assertThat(undecayed).isNotEqualTo(oneStep(plain.withWeightDecay(0.5), Treatment.DECAYED));
  }

  @Test
  void rejectsUnknownName() {
    assertThatThrownBy(() -> Optimizers.create(OptimizerSettings.of("sdg", 0.1)))
        .isInstanceOf(SinterException.class)
        .hasMessageContaining("'sdg'");
  }

  private static float[] oneStep(OptimizerSettings settings, Treatment treatment) {
    Optimizer optimizer = Optimizers.create(settings);
    float[] parameters = gaussian(new SplittableRandom(1), COUNT);
    float[] gradients = gaussian(new SplittableRandom(2), COUNT);
    optimizer
        .at(1, RATE)
        .apply(parameters, gradients, new float[optimizer.stateVectors()][COUNT], COUNT, treatment);
    return parameters;
  }

  /** One element in double arithmetic, after the pseudo-code of PyTorch's documentation. */
  private static void referenceStep(
      OptimizerSettings settings, int step, double[] element, double gradient) {
    double parameter = element[0];
    if (settings.name().equals("adamw")) {
      parameter -= RATE * settings.weightDecay() * parameter;
    } else {
      gradient += settings.weightDecay() * parameter;
    }
    if (settings.name().equals("sgd")) {
      double momentum = settings.momentum();
      element[1] = step > 1 ? momentum * element[1] + gradient : gradient;
      gradient = settings.nesterov() ? gradient + momentum * element[1] : element[1];
      element[0] = parameter - RATE * gradient;
    } else if (settings.name().equals("rmsprop")) {
      double kept = settings.smoothing();
      element[1] = kept * element[1] + (1 - kept) * gradient * gradient;
      element[2] = kept * element[2] + (1 - kept) * gradient;
      double variance = element[1] - (settings.centered() ? element[2] * element[2] : 0);
      element[3] =
          settings.momentum() * element[3] + gradient / (Math.sqrt(variance) + settings.epsilon());
      element[0] = parameter - RATE * element[3];
    } else {
      element[1] = settings.beta1() * element[1] + (1 - settings.beta1()) * gradient;
      element[2] = settings.beta2() * element[2] + (1 - settings.beta2()) * gradient * gradient;
      double first = element[1] / (1 - Math.pow(settings.beta1(), step));
      double second = element[2] / (1 - Math.pow(settings.beta2(), step));
      element[0] = parameter - RATE * first / (Math.sqrt(second) + settings.epsilon());
    }
  }

  private static float[] gaussian(SplittableRandom random, int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }
}
