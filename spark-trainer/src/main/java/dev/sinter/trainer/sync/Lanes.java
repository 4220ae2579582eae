package dev.sinter.trainer.sync;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * How the lanes of the global batch are dealt to workers.
 *
 * @param count lanes of the run, a power of two
 * @param workers number of workers, at most as many as lanes
 */
public record Lanes(int count, int workers) implements Serializable {
  /** Checks the numbers. */
  public Lanes {
    if (Integer.bitCount(count) != 1 || workers < 1 || workers > count) {
      throw new IllegalArgumentException(
          count
              + " lanes on "
              + workers
              + " workers: lanes must be a power of two, workers 1 to it");
    }
  }

  /** First lane of a worker. */
  public int first(int worker) {
    return Math.toIntExact((long) count * worker / workers);
  }

  /** The lane after a worker's last. */
  public int end(int worker) {
    return first(worker + 1);
  }

  /** Number of lanes of a worker. */
  public int ofWorker(int worker) {
    return end(worker) - first(worker);
  }

  /** The largest whole subtrees of the lane tree within a worker's lanes, in lane order. */
  List<LaneNode> subtrees(int worker) {
    List<LaneNode> nodes = new ArrayList<>();
    int lane = first(worker);
    while (lane < end(worker)) {
      int span = lane == 0 ? count : Integer.lowestOneBit(lane);
      while (lane + span > end(worker)) {
        span /= 2;
      }
      nodes.add(new LaneNode(lane, span));
      lane += span;
    }
    return nodes;
  }
}
