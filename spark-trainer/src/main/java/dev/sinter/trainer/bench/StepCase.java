package dev.sinter.trainer.bench;

import dev.sinter.model.ModelCard;
import dev.sinter.model.ModelSpec;
import dev.sinter.trainer.engine.ComputePrecision;
import java.util.Map;

/**
 * One measurement to be made. Says all that a hand-written loop needs to know, so that its process
 * loads nothing of DL4J.
 *
 * @param model a registered network, at its default options
 * @param task {@link ModelCard#CLASSIFICATION} or {@link ModelCard#SEGMENTATION}
 * @param channels channels of the input
 * @param size height and width of the input
 * @param classes classes of the output
 * @param microBatchSize images per step; Sinter deals them to its lanes
 * @param engine what computes
 * @param precision number format of the matrix products
 * @param threads threads that compute
 * @param threadsPerLane of them, how many of Sinter's compute one lane
 * @param seconds how long steps are timed, at least; the last one is finished
 * @param steps how many steps are timed, at least
 */
public record StepCase(
    String model,
    String task,
    int channels,
    int size,
    int classes,
    int microBatchSize,
    StepEngine engine,
    ComputePrecision precision,
    int threads,
    int threadsPerLane,
    double seconds,
    int steps) {

  /** The network's description. */
  ModelSpec spec() {
    return new ModelSpec(model, channels, size, size, classes, "cross-entropy", Map.of(), 1);
  }

  /**
   * Sinter's lanes: a power of two that divides the images of a step. ND4J's threads belong to the
   * process, hence one lane.
   */
  int lanes() {
    int most = engine == StepEngine.SINTER ? Math.max(1, threads / threadsPerLane) : 1;
    int lanes = Integer.highestOneBit(most);
    while (microBatchSize % lanes != 0) {
      lanes /= 2;
    }
    return lanes;
  }

  /** Whether the network gives a class per pixel. */
  boolean hasMasks() {
    return task.equals(ModelCard.SEGMENTATION);
  }
}
