package dev.sinter.trainer.retrain;

import dev.sinter.trainer.registry.Comparison;
import java.util.Locale;

/** Why a decision is what it is, in a sentence. */
final class Reasons {
  private Reasons() {}

  static String of(Comparison comparison) {
    String interval =
        String.format(
            Locale.ROOT,
            "%s %.4f against %.4f, difference %+.4f (%+.4f to %+.4f)",
            comparison.metric(),
            comparison.challenger(),
            comparison.champion(),
            comparison.difference(),
            comparison.low(),
            comparison.high());
    if (comparison.difference() < 0) {
      return interval + ": the challenger is worse";
    }
    return comparison.promotes()
        ? interval + ": it is not worse by more than the margin " + margin(comparison)
        : interval + ": it may be worse by more than the margin " + margin(comparison);
  }

  private static String margin(Comparison comparison) {
    return String.format(Locale.ROOT, "%.4g", comparison.margin());
  }
}
