package dev.sinter.trainer.optimizer;

/**
 * RMSProp (Hinton, 2012; centred: Graves, 2013) with momentum and L2 penalty, as PyTorch's {@code
 * RMSprop} defines it.
 */
final class RmsProp implements Optimizer {
  private final float kept;
  private final float fresh;
  private final float epsilon;
  private final float momentum;
  private final boolean centered;
  private final float weightDecay;

  RmsProp(OptimizerSettings settings) {
    kept = (float) settings.smoothing();
    fresh = (float) (1 - settings.smoothing());
    epsilon = (float) settings.epsilon();
    momentum = (float) settings.momentum();
    centered = settings.centered();
    weightDecay = (float) settings.weightDecay();
  }

  /** The mean square, then the momentum, then the mean of the centred form. */
  @Override
  public int stateVectors() {
    return 1 + (momentum == 0 ? 0 : 1) + (centered ? 1 : 0);
  }

  @Override
  public Update at(long step, double learningRate) {
    float rate = (float) learningRate;
    return (parameters, gradients, state, count, treatment) -> {
      if (treatment == Treatment.DECAYED && weightDecay != 0) {
        for (int i = 0; i < count; i++) {
          gradients[i] += weightDecay * parameters[i];
        }
      }
      if (centered) {
        divideCentered(gradients, state[0], state[state.length - 1], count);
      } else {
        divide(gradients, state[0], count);
      }
      if (momentum == 0) {
        for (int i = 0; i < count; i++) {
          parameters[i] -= rate * gradients[i];
        }
      } else {
        roll(rate, parameters, gradients, state[1], count);
      }
    };
  }

  private void divide(float[] gradients, float[] squares, int count) {
    for (int i = 0; i < count; i++) {
      float gradient = gradients[i];
      float square = kept * squares[i] + fresh * gradient * gradient;
      squares[i] = square;
      gradients[i] = gradient / ((float) Math.sqrt(square) + epsilon);
    }
  }

  private void divideCentered(float[] gradients, float[] squares, float[] means, int count) {
    for (int i = 0; i < count; i++) {
      float gradient = gradients[i];
      float square = kept * squares[i] + fresh * gradient * gradient;
      float mean = means[i] + fresh * (gradient - means[i]);
      squares[i] = square;
      means[i] = mean;
      // Never negative but by rounding, of which the root would be NaN.
      float variance = Math.max(0, square - mean * mean);
      gradients[i] = gradient / ((float) Math.sqrt(variance) + epsilon);
    }
  }

  private void roll(
      float rate, float[] parameters, float[] directions, float[] velocity, int count) {
    for (int i = 0; i < count; i++) {
      float moved = momentum * velocity[i] + directions[i];
      velocity[i] = moved;
      parameters[i] -= rate * moved;
    }
  }
}
