package dev.sinter.trainer.optimizer;

import java.io.Serializable;

/**
 * The optimizer of a run.
 *
 * @param name one of {@link Optimizers#names()}
 * @param learningRate peak learning rate, before the schedule
 * @param momentum of sgd, lars and rmsprop; 0 for none
 * @param nesterov whether sgd's momentum looks ahead
 * @param beta1 decay of the first moment of adam, adamw and lamb
 * @param beta2 decay of the second moment of adam, adamw and lamb
 * @param epsilon added to the denominator of adam, adamw, lamb and rmsprop
 * @param smoothing decay of rmsprop's mean square
 * @param centered whether rmsprop divides by the deviation from the mean gradient
 * @param trustCoefficient of lars: share of a tensor's norm that a step at rate 1 moves it
 * @param weightDecay L2 penalty of sgd, adam, lars and rmsprop, decoupled decay of adamw and lamb;
 *     only tensors of two or more dimensions decay, so biases and normalisation scales do not
 * @param gradientClipNorm largest global gradient norm; 0 for no clipping
 * @param averageDecay share of the moving average of the weights that a step keeps; 0 for none
 */
public record OptimizerSettings(
    String name,
    double learningRate,
    double momentum,
    boolean nesterov,
    double beta1,
    double beta2,
    double epsilon,
    double smoothing,
    boolean centered,
    double trustCoefficient,
    double weightDecay,
    double gradientClipNorm,
    double averageDecay)
    implements Serializable {
  /** Momentum of sgd and lars; PyTorch's RMSprop has none by default. */
  private static final double MOMENTUM = 0.9;

  private static final double EPSILON = 1e-8;

  /** That of LAMB's paper. */
  private static final double LAMB_EPSILON = 1e-6;

  /** The defaults of an optimizer: everything but its name and learning rate. */
  public static OptimizerSettings of(String name, double learningRate) {
    return new OptimizerSettings(
        name,
        learningRate,
        name.equals("rmsprop") ? 0 : MOMENTUM,
        true,
        0.9,
        0.999,
        name.equals("lamb") ? LAMB_EPSILON : EPSILON,
        0.99,
        false,
        0.001,
        0.0,
        0.0,
        0.0);
  }

  /** The same with another momentum. */
  public OptimizerSettings withMomentum(double share) {
    return with(share, weightDecay, gradientClipNorm, averageDecay);
  }

  /** The same with another weight decay. */
  public OptimizerSettings withWeightDecay(double decay) {
    return with(momentum, decay, gradientClipNorm, averageDecay);
  }

  /** The same with another limit of the gradient norm. */
  public OptimizerSettings withGradientClipNorm(double norm) {
    return with(momentum, weightDecay, norm, averageDecay);
  }

  /** The same with a moving average of the weights. */
  public OptimizerSettings withAverageDecay(double decay) {
    return with(momentum, weightDecay, gradientClipNorm, decay);
  }

  private OptimizerSettings with(
      double otherMomentum, double otherWeightDecay, double otherClipNorm, double otherAverage) {
    return new OptimizerSettings(
        name,
        learningRate,
        otherMomentum,
        nesterov,
        beta1,
        beta2,
        epsilon,
        smoothing,
        centered,
        trustCoefficient,
        otherWeightDecay,
        otherClipNorm,
        otherAverage);
  }
}
