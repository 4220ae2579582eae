package dev.sinter.trainer.optimizer;

/**
 * An update of which every decayed tensor gets its own length, by the norms of the whole tensor and
 * of its direction. Two passes over all blocks: {@link #prepare} leaves the direction in place of
 * the gradient; then, with the norms over the whole tensor, {@link #move} takes the step.
 *
 * <p>Undecayed tensors (biases, scales and shifts) keep the schedule's rate, as in the reference
 * implementations of both papers, and need one pass: {@link #apply}.
 */
public interface TensorwiseUpdate extends Optimizer.Update {
  /** First pass over a block of a decayed tensor: gradient in, direction out. */
  void prepare(float[] parameters, float[] gradients, float[][] state, int count);

  /**
   * The factor on the rate of a tensor.
   *
   * @param parameterNorm Euclidean norm of the tensor's parameters before the step
   * @param directionNorm Euclidean norm of what {@link #prepare} left
   */
  float ratio(double parameterNorm, double directionNorm);

  /** Second pass: moves the parameters along the direction. */
  void move(float[] parameters, float[] directions, float[][] state, int count, float ratio);
}
