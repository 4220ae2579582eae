package dev.sinter.trainer.registry;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.util.Locale;

/**
 * What a retraining decided, {@code decisions/NNNN.json}. It is never changed.
 *
 * @param formatVersion version of this file
 * @param attempt number
 * @param outcome {@link #FIRST}, {@link #PROMOTED} or {@link #KEPT}
 * @param reason in a sentence
 * @param champion version that was champion; null where there was none
 * @param challenger the new version; null where training diverged
 * @param comparison of the two; null without both
 * @param data that decided
 * @param newSamples since the decision before
 * @param decided time, UTC
 */
public record Decision(
    int formatVersion,
    int attempt,
    String outcome,
    String reason,
    String champion,
    String challenger,
    Comparison comparison,
    VersionData data,
    long newSamples,
    String decided) {
  /** The version of the file that this code writes and reads. */
  public static final int FORMAT_VERSION = 1;

  /** The challenger is champion: there was none. */
  public static final String FIRST = "first";

  /** The challenger is champion. */
  public static final String PROMOTED = "promoted";

  /** The champion stays. */
  public static final String KEPT = "kept";

  /** Whether the challenger becomes champion. */
  @JsonIgnore
  public boolean isPromotion() {
    return !outcome.equals(KEPT);
  }

  /** To be read by people. */
  public String toText() {
    StringBuilder text = new StringBuilder();
    line(text, "retraining %d, %s", attempt, decided);
    line(text, "outcome     %s: %s", outcome, reason);
    line(text, "champion    %s", champion == null ? "none before" : champion);
    line(text, "challenger  %s", challenger == null ? "none" : challenger);
    if (comparison != null) {
      line(
          text,
          "%-11s champion %.4f, challenger %.4f, difference %+.4f",
          comparison.metric(),
          comparison.champion(),
          comparison.challenger(),
          comparison.difference());
      line(
          text,
          "            %.4g %% confidence interval of the difference %+.4f to %+.4f, margin %.4g",
          comparison.confidence() * 100,
          comparison.low(),
          comparison.high(),
          comparison.margin());
      line(
          text,
          "            paired bootstrap over %d patients (%d samples) of the test split, %d draws, seed %d",
          comparison.patients(),
          comparison.samples(),
          comparison.resamples(),
          comparison.seed());
    }
    line(text, "data        %s", data.fingerprint());
    line(text, "            samples %s, patients %s", data.samples(), data.patients());
    line(text, "            %d new samples since the decision before", newSamples);
    return text.toString();
  }

  private static void line(StringBuilder text, String format, Object... values) {
    text.append(String.format(Locale.ROOT, format, values)).append('\n');
  }
}
