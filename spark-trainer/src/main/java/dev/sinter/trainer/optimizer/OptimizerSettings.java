package dev.sinter.trainer.optimizer;

import java.io.Serializable;

/**
 * The optimizer of a run.
 *
 * @param name {@code sgd}, {@code adam} or {@code adamw}
 * @param learningRate peak learning rate, before the schedule
 * @param momentum of sgd; 0 for none
 * @param nesterov whether sgd's momentum looks ahead
 * @param beta1 decay of adam's first moment
 * @param beta2 decay of adam's second moment
 * @param epsilon added to adam's denominator
 * @param weightDecay L2 penalty of sgd and adam, decoupled decay of adamw; only tensors of two or
 *     more dimensions decay, so biases and normalisation scales do not
 * @param gradientClipNorm largest global gradient norm; 0 for no clipping
 */
public record OptimizerSettings(
    String name,
    double learningRate,
    double momentum,
    boolean nesterov,
    double beta1,
    double beta2,
    double epsilon,
    double weightDecay,
    double gradientClipNorm)
    implements Serializable {

  /** The defaults of an optimizer: everything but its name and learning rate. */
  public static OptimizerSettings of(String name, double learningRate) {
    return new OptimizerSettings(name, learningRate, 0.9, true, 0.9, 0.999, 1e-8, 0.0, 0.0);
  }

  /** The same with another weight decay. */
  public OptimizerSettings withWeightDecay(double decay) {
    return new OptimizerSettings(
        name, learningRate, momentum, nesterov, beta1, beta2, epsilon, decay, gradientClipNorm);
  }

  /** The same with another limit of the gradient norm. */
  public OptimizerSettings withGradientClipNorm(double norm) {
    return new OptimizerSettings(
        name, learningRate, momentum, nesterov, beta1, beta2, epsilon, weightDecay, norm);
  }

  /** The same with another momentum. */
  public OptimizerSettings withMomentum(double share) {
    return new OptimizerSettings(
        name, learningRate, share, nesterov, beta1, beta2, epsilon, weightDecay, gradientClipNorm);
  }
}
