package dev.sinter.trainer.training;

import dev.sinter.trainer.checkpoint.CheckpointSource;
import dev.sinter.trainer.checkpoint.Continuation;

/** Where a run begins. */
public sealed interface Resume {
  /** From the newest whole checkpoint in its folder, if there is one, to the same bits. */
  Resume AUTO = new Newest(Continuation.EXACT);

  /** From the beginning; refused when there are checkpoints. */
  Resume NEVER = new Nothing();

  /** What going on may change. */
  Continuation continuation();

  /**
   * From the newest whole checkpoint in the run's folder, if there is one.
   *
   * @param continuation what going on may change
   */
  record Newest(Continuation continuation) implements Resume {}

  /**
   * From a checkpoint of another folder, which is copied into the run's; refused when that holds
   * checkpoints that do not come from it.
   *
   * @param source the checkpoint
   * @param continuation what going on may change
   */
  record From(CheckpointSource source, Continuation continuation) implements Resume {}

  /** From the beginning. */
  record Nothing() implements Resume {
    @Override
    public Continuation continuation() {
      return Continuation.EXACT; // a restarted stage goes on from this run's own checkpoints
    }
  }
}
