package dev.sinter.trainer.training;

import dev.sinter.error.SinterException;
import dev.sinter.trainer.checkpoint.CheckpointManifest.EpochRecord;
import java.io.Serializable;

/** What a worker tells the driver while it runs. */
sealed interface WorkerMessage extends Serializable {

  /**
   * A worker has a slot and begins.
   *
   * @param rank the worker
   * @param stageAttempt counts restarts of the barrier stage
   * @param host where it runs
   */
  record Started(int rank, int stageAttempt, String host) implements WorkerMessage {}

  /**
   * Training begins or goes on.
   *
   * @param step global steps done before
   */
  record Resumed(long step) implements WorkerMessage {}

  /**
   * A step is done; sent by the first worker, a few times a second at most.
   *
   * @param step global steps done
   * @param meanLoss of this step
   */
  record StepDone(long step, double meanLoss) implements WorkerMessage {}

  /**
   * An epoch is done and its checkpoint is whole; sent by the first worker.
   *
   * @param epoch what it reached
   * @param best whether it is the best so far
   */
  record EpochDone(EpochRecord epoch, boolean best) implements WorkerMessage {}

  /**
   * A failure that a restart would only repeat.
   *
   * @param rank the worker
   * @param failure what happened
   */
  record Failed(int rank, SinterException failure) implements WorkerMessage {}
}
