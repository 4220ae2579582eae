package dev.sinter.trainer.training;

import java.util.ArrayList;
import java.util.List;

/** Finds the worker that all others wait for. */
final class Stragglers {
  /** A worker that computes so many times as long as the median of the others holds them up. */
  static final double FACTOR = 1.5;

  /** In less time chance decides who is slow. */
  static final double SHORTEST_SECONDS = 5;

  private Stragglers() {}

  /**
   * Judges one worker.
   *
   * @param secondsPerLane that each worker computed
   */
  static boolean isOne(List<Double> secondsPerLane, int worker) {
    List<Double> others = new ArrayList<>(secondsPerLane);
    double own = others.remove(worker);
    if (others.isEmpty()) {
      return false;
    }
    others.sort(null);
    int middle = others.size() / 2;
    double median =
        others.size() % 2 == 1
            ? others.get(middle)
            : (others.get(middle - 1) + others.get(middle)) / 2;
    return own > FACTOR * median;
  }
}
