package dev.sinter.trainer.doctor;

import java.util.Locale;

/** How a check came out. */
public enum Outcome {
  /** As a training needs it. */
  OK,
  /** A training runs, though not as well or as safely as it could. */
  WARNING,
  /** A training would fail. */
  FAILURE,
  /** Could not be asked. */
  SKIPPED;

  /** The word on the terminal and in JSON. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }
}
