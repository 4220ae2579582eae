package dev.sinter.trainer.optimizer;

/**
 * LARS (You et al., 2017, arXiv:1708.03888, algorithm 1): momentum with L2 penalty, at a rate that
 * is in proportion to the tensor's norm over its gradient's. The rate is within the momentum, as in
 * the paper.
 */
final class Lars implements Optimizer {
  private final float momentum;
  private final double trustCoefficient;
  private final double weightDecay;

  Lars(OptimizerSettings settings) {
    momentum = (float) settings.momentum();
    trustCoefficient = settings.trustCoefficient();
    weightDecay = settings.weightDecay();
  }

  @Override
  public int stateVectors() {
    return 1;
  }

  @Override
  public Update at(long step, double learningRate) {
    return new Step((float) learningRate);
  }

  private final class Step implements TensorwiseUpdate {
    private final float rate;

    Step(float rate) {
      this.rate = rate;
    }

    @Override
    public void apply(
        float[] parameters, float[] gradients, float[][] state, int count, Treatment treatment) {
      fall(parameters, gradients, state[0], count, rate, 0);
    }

    /** The direction is the gradient itself: the penalty is added to its norm, not to it. */
    @Override
    public void prepare(float[] parameters, float[] gradients, float[][] state, int count) {}

    @Override
    public float ratio(double parameterNorm, double directionNorm) {
      return parameterNorm > 0 && directionNorm > 0
          ? (float)
              (trustCoefficient * parameterNorm / (directionNorm + weightDecay * parameterNorm))
          : 1;
    }

    @Override
    public void move(
        float[] parameters, float[] directions, float[][] state, int count, float ratio) {
      fall(parameters, directions, state[0], count, rate * ratio, (float) weightDecay);
    }

    private void fall(
        float[] parameters,
        float[] gradients,
        float[] velocity,
        int count,
        float length,
        float penalty) {
      for (int i = 0; i < count; i++) {
        float moved = momentum * velocity[i] + length * (gradients[i] + penalty * parameters[i]);
        velocity[i] = moved;
        parameters[i] -= moved;
      }
    }
  }
}
