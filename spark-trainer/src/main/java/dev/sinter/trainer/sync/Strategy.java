package dev.sinter.trainer.sync;

import dev.sinter.trainer.engine.FlatVector;
import java.util.List;

/**
 * Turns the gradients of the lanes into new parameters, on all workers alike.
 *
 * <p>Per step: every lane of this worker takes its buffer, fills it and reports it, on any threads;
 * then one thread synchronises. The parameters change in {@link #synchronise} alone.
 */
public interface Strategy extends AutoCloseable {
  /** The vector that the replica fills for one of this worker's lanes in this step. */
  FlatVector gradientBuffer(int lane);

  /** Takes a lane's gradient, whose buffer is the strategy's again. */
  void laneComputed(int lane, float loss);

  /**
   * Ends a step in which all lanes of this worker were computed.
   *
   * @param step counts from 1 over the whole run, without gaps
   * @return what came out; where {@link StepResult#isFinite} does not hold, because loss or norm is
   *     NaN or infinite, parameters, running statistics and optimizer state are those before the
   *     step
   */
  StepResult synchronise(long step, double learningRate);

  /**
   * This worker's part of the optimizer state; the parts of all workers make the whole. A live view
   * until the next step, valid where {@link #atCheckpointBoundary} holds.
   */
  OptimizerState optimizerState();

  /** The same where something frozen may lie between, so that it is in several ranges. */
  default List<OptimizerState> optimizerStates() {
    return List.of(optimizerState());
  }

  /**
   * Takes from a checkpointed part what this worker needs; to be given every part of any worker.
   */
  void restore(OptimizerState part);

  /**
   * What this worker has not sent yet, beside the optimizer state: one or none. A live view like
   * {@link #optimizerState()}.
   */
  default List<Residual> residuals() {
    return List.of();
  }

  /**
   * Takes from a checkpointed residual what this worker needs; to be given every worker's, or its
   * own where the number of workers is the same.
   */
  default void restore(Residual residual) {
    throw new IllegalArgumentException("nothing is left unsent by this strategy");
  }

  /**
   * Puts the moving average of the weights into the parameters of all workers, where one is kept:
   * what is validated and written as the model. No step may follow before {@link #showTrained}.
   *
   * @param step the last one, after which {@link #atCheckpointBoundary} holds
   */
  default void showAverage(long step) {}

  /** Puts the weights that are trained back. */
  default void showTrained() {}

  /** Whether all workers hold the same parameters after this step. */
  boolean atCheckpointBoundary(long step);

  /** Closes the exchange, then frees the buffers. */
  @Override
  void close();
}
