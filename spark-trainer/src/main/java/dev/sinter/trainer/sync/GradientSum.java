package dev.sinter.trainer.sync;

import dev.sinter.trainer.engine.FlatVector;
import java.util.List;
import java.util.function.Function;

/**
 * The mean of all lanes' gradients, added in the lane tree, of which every worker gets that of its
 * slice: the same bits on any number of workers.
 */
interface GradientSum extends AutoCloseable {
  /**
   * Where the mean lies.
   *
   * @param gradient this worker's slice, in one of its own sums
   * @param waitedNanos spent waiting for the others
   */
  record Mean(Span gradient, long waitedNanos) {}

  /** Done to the sum of every subtree but the whole tree, whether it is sent or not. */
  void round(FlatVector sum);

  /** Opens the buffers for a step, early, so that arrivals need no copy. */
  void post(long step);

  /**
   * Starts sending the sum of one of this worker's whole subtrees, which must not change in the
   * others' slices until the transfers are awaited.
   */
  List<Transfer> push(long step, LaneNode subtree, FlatVector sum);

  /**
   * Adds what has come to this worker's own sums, and opens the buffers for the next step.
   *
   * @param own gives this worker's sum of a subtree
   */
  Mean reduce(long nextStep, Function<LaneNode, FlatVector> own);

  /** Frees the buffers; the exchange is closed before. */
  @Override
  void close();
}
