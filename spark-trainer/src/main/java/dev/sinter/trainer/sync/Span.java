package dev.sinter.trainer.sync;

import dev.sinter.trainer.engine.FlatVector;

/**
 * A slice's floats within some vector.
 *
 * @param vector where they lie
 * @param offset of the slice's first float
 */
record Span(FlatVector vector, long offset) {}
