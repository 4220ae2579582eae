package dev.sinter.trainer.training;

import java.io.Serializable;

/**
 * One worker's share of an epoch, for the first worker to combine.
 *
 * @param validation scores of its part of the val split
 * @param host where it runs
 * @param trainSeconds from the first to the last step
 * @param computeSeconds within, computing lanes
 * @param waitSeconds within, waiting for other workers
 * @param transferSeconds within, moving data
 * @param bytesSent by this worker
 * @param meanLoss over the steps that were taken: of all lanes, or (between averagings) of this
 *     worker's
 * @param lanes of this worker
 * @param images that they took
 * @param skippedSteps that were not finite
 */
record EpochPart(
    ValidationScores.Part validation,
    String host,
    double trainSeconds,
    double computeSeconds,
    double waitSeconds,
    double transferSeconds,
    long bytesSent,
    double meanLoss,
    int lanes,
    long images,
    int skippedSteps)
    implements Serializable {}
