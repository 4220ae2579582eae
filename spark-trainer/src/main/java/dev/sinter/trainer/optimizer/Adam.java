package dev.sinter.trainer.optimizer;

/**
 * Adam (Kingma and Ba, 2015) with an L2 penalty, or with decoupled weight decay (Loshchilov and
 * Hutter, 2019), as PyTorch's {@code Adam} and {@code AdamW} define them.
 */
final class Adam implements Optimizer {
  /** How weight decay enters. */
  enum Decay {
    /** Added to the gradient. */
    L2_PENALTY,
    /** Shrinks the parameter, apart from the gradient. */
    DECOUPLED
  }

  private final Decay decay;
  private final double beta1;
  private final double beta2;
  private final float epsilon;
  private final double weightDecay;

  Adam(OptimizerSettings settings, Decay decay) {
    this.decay = decay;
    beta1 = settings.beta1();
    beta2 = settings.beta2();
    epsilon = (float) settings.epsilon();
    weightDecay = settings.weightDecay();
  }

  @Override
  public int stateVectors() {
    return 2;
  }

  @Override
  public Update at(long step, double learningRate) {
    // StrictMath: Math.pow may round differently once it is compiled.
    float stepSize = (float) (learningRate / (1 - StrictMath.pow(beta1, (double) step)));
    float rootCorrection = (float) Math.sqrt(1 - StrictMath.pow(beta2, (double) step));
    float shrink = (float) (1 - learningRate * weightDecay);
    return (parameters, gradients, state, count, treatment) -> {
      if (treatment == Treatment.DECAYED && weightDecay != 0) {
        switch (decay) {
          case L2_PENALTY -> addPenalty(parameters, gradients, count);
          case DECOUPLED -> scale(parameters, shrink, count);
        }
      }
      move(parameters, gradients, state[0], state[1], count, stepSize, rootCorrection);
    };
  }

  private void addPenalty(float[] parameters, float[] gradients, int count) {
    float penalty = (float) weightDecay;
    for (int i = 0; i < count; i++) {
      gradients[i] += penalty * parameters[i];
    }
  }

  private static void scale(float[] parameters, float factor, int count) {
    for (int i = 0; i < count; i++) {
      parameters[i] *= factor;
    }
  }

  private void move(
      float[] parameters,
      float[] gradients,
      float[] first,
      float[] second,
      int count,
      float stepSize,
      float rootCorrection) {
    float fresh1 = (float) (1 - beta1);
    float kept2 = (float) beta2;
    float fresh2 = (float) (1 - beta2);
    float guard = epsilon;
    for (int i = 0; i < count; i++) {
      float gradient = gradients[i];
      float m = first[i] + fresh1 * (gradient - first[i]);
      float v = kept2 * second[i] + fresh2 * gradient * gradient;
      first[i] = m;
      second[i] = v;
      parameters[i] -= stepSize * m / ((float) Math.sqrt(v) / rootCorrection + guard);
    }
  }
}
