package dev.sinter.trainer.checkpoint;

/** What a run that goes on from a checkpoint may come to. */
public enum Continuation {
  /** The bits of a run that was never interrupted; what would give others is refused. */
  EXACT,
  /** Also others: with another engine, precision, number of threads, workers or epochs. */
  APPROXIMATE
}
