package dev.sinter.trainer.sync;

import dev.sinter.trainer.optimizer.UpdatePlan;

/**
 * The range of the flat vector that one worker owns.
 *
 * @param from first float, a multiple of {@link UpdatePlan#BLOCK}
 * @param to the float after the last
 */
record Slice(long from, long to) {
  /** The slice of a worker: an equal share of whole blocks. */
  static Slice of(long length, int worker, int workers) {
    return new Slice(boundary(length, worker, workers), boundary(length, worker + 1, workers));
  }

  int length() {
    return Math.toIntExact(to - from);
  }

  /** Number of blocks, the last of which may be short. */
  int blocks() {
    return Math.toIntExact((length() + UpdatePlan.BLOCK - 1) / UpdatePlan.BLOCK);
  }

  private static long boundary(long length, int worker, int workers) {
    long blocks = (length + UpdatePlan.BLOCK - 1) / UpdatePlan.BLOCK;
    return Math.min(length, blocks * worker / workers * UpdatePlan.BLOCK);
  }
}
