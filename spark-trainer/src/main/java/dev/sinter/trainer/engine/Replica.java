package dev.sinter.trainer.engine;

import java.nio.FloatBuffer;

/**
 * One network on one lane slot of a worker. Confined to one thread at a time.
 *
 * <p>Never changes the parameters: the strategy does, between calls, and says so.
 */
public interface Replica extends AutoCloseable {
  /**
   * To be called when the parameter vector has other values than at the last call: a replica may
   * hold copies of them, in another format or on a device.
   */
  default void parametersChanged() {
    // nothing, for a replica that reads the vector itself
  }

  /**
   * Forward and backward pass of one micro-batch in training mode.
   *
   * @param batch inputs and labels
   * @param dropoutSeed seeds everything random within the network, from (seed, step, lane)
   * @param gradient receives, at trainable positions, the gradient of the mean loss, summed over
   *     the outputs, which share the labels (without regularisation, clipping or learning rate)
   *     and, at the positions of running statistics, this batch's mean and unbiased variance
   * @return the mean loss
   */
  float computeGradient(Batch batch, long dropoutSeed, FlatVector gradient);

  /**
   * Class probabilities of the first output in evaluation mode, with the running statistics.
   *
   * @param batch inputs; labels are ignored
   * @param probabilities receives (samples, classes) or (samples, classes, height, width), row
   *     major; volumes with the depth in between
   */
  void predict(Batch batch, FloatBuffer probabilities);

  @Override
  void close();
}
