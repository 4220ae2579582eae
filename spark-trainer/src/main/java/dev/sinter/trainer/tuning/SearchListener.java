package dev.sinter.trainer.tuning;

import dev.sinter.error.SinterException;

/** Hears how a search goes on; called by one thread at a time. */
public interface SearchListener {
  /** A rung begins; {@code parallel} of its trials train at a time. */
  void onRung(int epochs, int trials, int parallel);

  /** A trial is done with its rung. */
  void onTrial(TrialResult result);

  /** A trial's course is not written somewhere; it goes on. */
  void onTrackingFailure(int trial, SinterException failure);
}
