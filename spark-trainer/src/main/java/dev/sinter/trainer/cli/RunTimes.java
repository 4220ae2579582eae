package dev.sinter.trainer.cli;

import dev.sinter.trainer.training.TrainingResult;

/**
 * Where a run's wall time went.
 *
 * @param prepareSeconds preparation, when it is part of the command
 * @param training the training, with its own times
 * @param evaluationSeconds evaluation on the test split
 * @param totalSeconds training and evaluation
 */
record RunTimes(
    double prepareSeconds,
    TrainingResult training,
    double evaluationSeconds,
    double totalSeconds) {}
