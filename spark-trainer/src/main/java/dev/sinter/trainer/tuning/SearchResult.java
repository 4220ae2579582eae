package dev.sinter.trainer.tuning;

import java.util.List;

/**
 * What a search found.
 *
 * @param metric that decided: {@code metric} or {@code loss}
 * @param eta one in how many went on at each rung
 * @param rungs epochs and trials of each
 * @param trials all of them, the best first
 * @param best the first of them
 * @param configuration location of its whole configuration
 * @param seconds of this command's search
 */
public record SearchResult(
    String metric,
    int eta,
    List<RungSummary> rungs,
    List<TrialResult> trials,
    TrialResult best,
    String configuration,
    double seconds) {

  /**
   * One stage of the search.
   *
   * @param epochs that each of its trials has done at its end
   * @param trials their numbers
   */
  public record RungSummary(int epochs, List<Integer> trials) {}
}
