package dev.sinter.trainer.run;

import dev.sinter.trainer.checkpoint.CheckpointManifest.EpochRecord;
import dev.sinter.trainer.training.TrainingResult;
import java.util.List;

/**
 * Where a run's wall time went.
 *
 * @param prepareSeconds preparation, when it is part of the command
 * @param training the training, with its own times
 * @param epochsBefore epochs of earlier jobs, which this one went on from
 * @param evaluationSeconds evaluation on the test split
 * @param totalSeconds training and evaluation
 */
record RunTimes(
    double prepareSeconds,
    TrainingResult training,
    int epochsBefore,
    double evaluationSeconds,
    double totalSeconds) {

  /** The epochs of this job. */
  List<EpochRecord> epochs() {
    return training.history().subList(epochsBefore, training.history().size());
  }
}
