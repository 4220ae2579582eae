package dev.sinter.trainer.tuning;

import dev.sinter.trainer.config.TuneConfig;
import java.util.Comparator;
import java.util.Map;

/**
 * How far a trial has come.
 *
 * @param trial its number, counted from 1
 * @param parameters what was drawn for it
 * @param epochs done when it was last compared
 * @param metric accuracy or mean foreground Dice on the val split after them; NaN when it failed
 * @param loss on the val split after them; NaN when it failed
 * @param error code of what ended it; null for one that was trained as far as it was to be
 * @param run its folder
 */
public record TrialResult(
    int trial,
    Map<String, String> parameters,
    int epochs,
    double metric,
    double loss,
    String error,
    String run) {

  /** The best first: of those that trained longest; what failed comes last. */
  static Comparator<TrialResult> bestFirst(String metric) {
    Comparator<TrialResult> byValue =
        metric.equals(TuneConfig.LOSS)
            ? Comparator.comparingDouble(TrialResult::loss)
            : Comparator.comparingDouble(result -> -result.metric());
    return Comparator.comparing((TrialResult result) -> result.error() != null)
        .thenComparing(result -> Double.isNaN(result.value(metric)))
        .thenComparing(Comparator.comparingInt(TrialResult::epochs).reversed())
        .thenComparing(byValue)
        .thenComparingInt(TrialResult::trial);
  }

  private double value(String of) {
    return of.equals(TuneConfig.LOSS) ? loss : metric;
  }
}
