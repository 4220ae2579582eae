package dev.sinter.trainer.tuning;

/** Hears how a search goes on; called by one thread at a time. */
public interface SearchListener {
  /** A rung begins; {@code parallel} of its trials train at a time. */
  void onRung(int epochs, int trials, int parallel);

  /** A trial is done with its rung. */
  void onTrial(TrialResult result);
}
