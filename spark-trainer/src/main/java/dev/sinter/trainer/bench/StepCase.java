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
 * @param microBatchSize images per step
 * @param engine what computes
 * @param precision number format of the matrix products
 * @param threads threads that compute
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
    double seconds,
    int steps) {

  /** The network's description. */
  ModelSpec spec() {
    return new ModelSpec(model, channels, size, size, classes, "cross-entropy", Map.of(), 1);
  }

  /** Whether the network gives a class per pixel. */
  boolean hasMasks() {
    return task.equals(ModelCard.SEGMENTATION);
  }
}
