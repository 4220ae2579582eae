package dev.sinter.trainer.training;

import java.io.Serializable;

/**
 * One worker's share of an epoch, for the first worker to combine.
 *
 * @param validation scores of its part of the val split
 * @param host where it runs
 * @param times from the first to the last step
 * @param meanLoss over the steps that were taken: of all lanes, or (between averagings) of this
 *     worker's
 * @param lanes of this worker
 * @param skippedSteps that were not finite
 */
record EpochPart(
    ValidationScores.Part validation,
    String host,
    WorkerTimes times,
    double meanLoss,
    int lanes,
    int skippedSteps)
    implements Serializable {}
