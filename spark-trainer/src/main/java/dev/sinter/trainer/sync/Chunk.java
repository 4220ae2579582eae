package dev.sinter.trainer.sync;

import dev.sinter.trainer.optimizer.UpdatePlan;
import java.util.ArrayList;
import java.util.List;

/**
 * A run of whole blocks of a slice: what is sent as one message, so that the first floats can be
 * worked on, and sent on, while the last are still under way.
 *
 * @param index counts the chunks of a slice
 * @param offset of its first float in the slice
 * @param length number of floats
 */
record Chunk(int index, int offset, int length) {
  /** Floats per chunk: 1 MiB, which a processor's own cache holds. */
  static final int FLOATS = 64 * UpdatePlan.BLOCK;

  /** The chunks of a slice, ascending. A slice without floats is one chunk without floats. */
  static List<Chunk> of(Slice slice) {
    List<Chunk> chunks = new ArrayList<>();
    int at = 0;
    do {
      int count = Math.min(FLOATS, slice.length() - at);
      chunks.add(new Chunk(chunks.size(), at, count));
      at += count;
    } while (at < slice.length());
    return chunks;
  }

  /** The name of its message, given that of the slice. */
  String tag(String ofSlice) {
    return ofSlice + ", part " + index;
  }
}
