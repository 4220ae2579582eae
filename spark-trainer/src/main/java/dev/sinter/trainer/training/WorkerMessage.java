package dev.sinter.trainer.training;

import dev.sinter.error.SinterException;
import dev.sinter.trainer.checkpoint.CheckpointManifest.EpochRecord;
import java.io.Serializable;

/** What a worker tells the driver while it runs. */
sealed interface WorkerMessage extends Serializable {

  /** The attempt of the barrier stage that the worker belongs to; it counts restarts. */
  int stageAttempt();

  /**
   * A worker has a slot and begins.
   *
   * @param rank the worker
   * @param host where it runs
   */
  record Started(int stageAttempt, int rank, String host) implements WorkerMessage {}

  /**
   * Training begins or goes on.
   *
   * @param step global steps done before
   */
  record Resumed(int stageAttempt, long step) implements WorkerMessage {}

  /**
   * A step is done; sent by the first worker, a few times a second at most.
   *
   * @param step global steps done
   * @param meanLoss of this step
   */
  record StepDone(int stageAttempt, long step, double meanLoss) implements WorkerMessage {}

  /**
   * How a worker fares; sent by every worker, about once a second.
   *
   * @param progress of that worker
   */
  record WorkerTold(int stageAttempt, WorkerProgress progress) implements WorkerMessage {}

  /**
   * An epoch is done and its checkpoint is whole; sent by the first worker.
   *
   * @param epoch what it reached
   * @param best whether it is the best so far
   */
  record EpochDone(int stageAttempt, EpochRecord epoch, boolean best) implements WorkerMessage {}

  /**
   * A worker failed.
   *
   * @param rank the worker
   * @param restarts whether the stage may start again; otherwise it would only fail again
   * @param failure what happened
   */
  record Failed(int stageAttempt, int rank, boolean restarts, SinterException failure)
      implements WorkerMessage {

    /** The same with the cause as text, for a cause that cannot be serialised. */
    Failed withoutCauses() {
      SinterException plain =
          new SinterException(
              failure.category(),
              failure.code(),
              failure.getMessage()
                  + (failure.getCause() == null ? "" : " (" + failure.getCause() + ")"),
              failure.remedy());
      plain.setStackTrace(failure.getStackTrace());
      return new Failed(stageAttempt, rank, restarts, plain);
    }
  }
}
