package dev.sinter.api;

import dev.sinter.trainer.report.CountTable;

/** Truth against prediction, for a notebook. */
public final class ConfusionMatrix {
  private ConfusionMatrix() {}

  /**
   * A table as an HTML element that leaves the styles of its page alone: rows are truth, and shades
   * are shares of a row.
   *
   * @throws IllegalArgumentException for anything but the evaluation of a classifier
   */
  public static String html(SinterEvaluation evaluation) {
    return evaluation
        .classification()
        .map(result -> new CountTable(result.classes(), result.confusionMatrix()).html())
        .orElseThrow(
            () -> new IllegalArgumentException("only a classifier has a confusion matrix"));
  }
}
