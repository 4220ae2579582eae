package dev.sinter.trainer.sync;

import dev.sinter.trainer.engine.FlatVector;
import java.util.List;

/**
 * Optimizer state of a range of the flat vector.
 *
 * @param offset first parameter of the range
 * @param length number of parameters
 * @param vectors the state vectors, each at least {@code length} long from {@code vectorOffset}
 * @param vectorOffset where the range begins in the vectors
 */
public record OptimizerState(
    long offset, long length, List<FlatVector> vectors, long vectorOffset) {}
