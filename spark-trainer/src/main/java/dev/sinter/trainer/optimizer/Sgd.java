package dev.sinter.trainer.optimizer;

/**
 * Stochastic gradient descent with momentum and L2 penalty, as PyTorch's {@code SGD} defines it.
 */
final class Sgd implements Optimizer {
  private final float momentum;
  private final boolean nesterov;
  private final float weightDecay;

  Sgd(OptimizerSettings settings) {
    momentum = (float) settings.momentum();
    nesterov = settings.nesterov();
    weightDecay = (float) settings.weightDecay();
  }

  @Override
  public int stateVectors() {
    return momentum == 0 ? 0 : 1;
  }

  @Override
  public Update at(long step, double learningRate) {
    float rate = (float) learningRate;
    return (parameters, gradients, state, count, treatment) -> {
      if (treatment == Treatment.DECAYED && weightDecay != 0) {
        addPenalty(parameters, gradients, count);
      }
      if (momentum == 0) {
        plain(rate, parameters, gradients, count);
      } else if (nesterov) {
        nesterov(rate, parameters, gradients, state[0], count);
      } else {
        heavyBall(rate, parameters, gradients, state[0], count);
      }
    };
  }

  private void addPenalty(float[] parameters, float[] gradients, int count) {
    for (int i = 0; i < count; i++) {
      gradients[i] += weightDecay * parameters[i];
    }
  }

  private static void plain(float rate, float[] parameters, float[] gradients, int count) {
    for (int i = 0; i < count; i++) {
      parameters[i] -= rate * gradients[i];
    }
  }

  private void heavyBall(
      float rate, float[] parameters, float[] gradients, float[] velocity, int count) {
    for (int i = 0; i < count; i++) {
      float moved = momentum * velocity[i] + gradients[i];
      velocity[i] = moved;
      parameters[i] -= rate * moved;
    }
  }

  private void nesterov(
      float rate, float[] parameters, float[] gradients, float[] velocity, int count) {
    for (int i = 0; i < count; i++) {
      float moved = momentum * velocity[i] + gradients[i];
      velocity[i] = moved;
      parameters[i] -= rate * (gradients[i] + momentum * moved);
    }
  }
}
