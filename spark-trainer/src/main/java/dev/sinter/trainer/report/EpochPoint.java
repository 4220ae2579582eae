package dev.sinter.trainer.report;

/**
 * One epoch of the learning curves. A value that was not measured is NaN and leaves a gap.
 *
 * @param epoch counted from 1
 * @param trainLoss mean loss over the epoch
 * @param validationLoss mean loss over the validation split
 * @param validationMetric the metric that picks the best checkpoint
 * @param learningRate at the end of the epoch
 * @param seconds training time, without validation
 * @param imagesPerSecond training throughput
 */
public record EpochPoint(
    int epoch,
    double trainLoss,
    double validationLoss,
    double validationMetric,
    double learningRate,
    double seconds,
    double imagesPerSecond) {}
