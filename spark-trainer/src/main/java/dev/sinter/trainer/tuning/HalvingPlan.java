package dev.sinter.trainer.tuning;

import java.util.ArrayList;
import java.util.List;

/**
 * Successive halving (Jamieson and Talwalkar 2016, arXiv:1502.07943): at each rung the best one in
 * eta of the trials goes on, for eta times the epochs.
 */
final class HalvingPlan {
  private HalvingPlan() {}

  /**
   * One stage of the search.
   *
   * @param epochs that each of its trials has done at its end
   * @param trials how many there are
   */
  record Rung(int epochs, int trials) {}

  /** The rungs: the first has all trials and the fewest epochs, the last one all epochs. */
  static List<Rung> rungs(int trials, int eta, int minEpochs, int maxEpochs) {
    List<Rung> rungs = new ArrayList<>();
    int left = trials;
    long epochs = minEpochs;
    while (left > 1 && epochs < maxEpochs) {
      rungs.add(new Rung((int) epochs, left));
      left = Math.max(1, left / eta);
      epochs *= eta;
    }
    rungs.add(new Rung(maxEpochs, left)); // a lone trial needs no further comparison
    return rungs;
  }
}
