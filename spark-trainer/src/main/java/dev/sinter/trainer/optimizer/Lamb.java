package dev.sinter.trainer.optimizer;

/**
 * LAMB (You et al., 2020, arXiv:1904.00962, algorithm 2): Adam's direction and decoupled weight
 * decay, as long as the tensor itself.
 */
final class Lamb implements Optimizer {
  private final float beta1Fresh;
  private final float beta2;
  private final float beta2Fresh;
  private final double beta1;
  private final float epsilon;
  private final float weightDecay;

  Lamb(OptimizerSettings settings) {
    beta1 = settings.beta1();
    beta1Fresh = (float) (1 - settings.beta1());
    beta2 = (float) settings.beta2();
    beta2Fresh = (float) (1 - settings.beta2());
    epsilon = (float) settings.epsilon();
    weightDecay = (float) settings.weightDecay();
  }

  @Override
  public int stateVectors() {
    return 2;
  }

  @Override
  public Update at(long step, double learningRate) {
    // StrictMath: Math.pow may round differently once it is compiled.
    float correction1 = (float) (1 / (1 - StrictMath.pow(beta1, (double) step)));
    float rootCorrection2 = (float) Math.sqrt(1 - StrictMath.pow((double) beta2, (double) step));
    return new Step((float) learningRate, correction1, rootCorrection2);
  }

  private final class Step implements TensorwiseUpdate {
    private final float rate;
    private final float correction1;
    private final float rootCorrection2;

    Step(float rate, float correction1, float rootCorrection2) {
      this.rate = rate;
      this.correction1 = correction1;
      this.rootCorrection2 = rootCorrection2;
    }

    @Override
    public void apply(
        float[] parameters, float[] gradients, float[][] state, int count, Treatment treatment) {
      direct(gradients, state[0], state[1], count);
      move(parameters, gradients, state, count, 1);
    }

    @Override
    public void prepare(float[] parameters, float[] gradients, float[][] state, int count) {
      direct(gradients, state[0], state[1], count);
      for (int i = 0; i < count; i++) {
        gradients[i] += weightDecay * parameters[i];
      }
    }

    @Override
    public float ratio(double parameterNorm, double directionNorm) {
      return parameterNorm > 0 && directionNorm > 0 ? (float) (parameterNorm / directionNorm) : 1;
    }

    @Override
    public void move(
        float[] parameters, float[] directions, float[][] state, int count, float ratio) {
      float length = rate * ratio;
      for (int i = 0; i < count; i++) {
        parameters[i] -= length * directions[i];
      }
    }

    private void direct(float[] gradients, float[] first, float[] second, int count) {
      float fresh1 = beta1Fresh;
      float kept2 = beta2;
      float fresh2 = beta2Fresh;
      float guard = epsilon;
      for (int i = 0; i < count; i++) {
        float gradient = gradients[i];
        float m = first[i] + fresh1 * (gradient - first[i]);
        float v = kept2 * second[i] + fresh2 * gradient * gradient;
        first[i] = m;
        second[i] = v;
        gradients[i] = correction1 * m / ((float) Math.sqrt(v) / rootCorrection2 + guard);
      }
    }
  }
}
