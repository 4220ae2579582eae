package dev.sinter.trainer.training;

import dev.sinter.trainer.checkpoint.CheckpointManifest.EpochRecord;
import java.util.List;

/**
 * What a run reached.
 *
 * @param checkpoint the last one
 * @param bestCheckpoint the one with the best validation of those in the run's folder
 * @param steps global steps
 * @param epochs epochs
 * @param seconds of this job, from the first worker's slot to the end
 * @param imagesPerSecond over the training part of all epochs, earlier jobs' included
 * @param bytesPerStep that all workers sent, mean
 * @param parametersSha256 of the last step's flat vector, float32 little-endian, statistics
 *     included
 * @param readSeconds of the slowest worker, reading shards into its cache
 * @param precision that the workers computed in: {@code fp32}, {@code bf16} or {@code fp16}
 * @param history one entry per epoch, earlier jobs' included
 * @param bestEpoch epoch of {@code bestCheckpoint}, counted from 1
 */
public record TrainingResult(
    String checkpoint,
    String bestCheckpoint,
    long steps,
    int epochs,
    double seconds,
    double imagesPerSecond,
    long bytesPerStep,
    String parametersSha256,
    double readSeconds,
    String precision,
    List<EpochRecord> history,
    int bestEpoch) {

  /** Bytes that all workers sent in an epoch, per step. */
  public long bytesPerStepOf(EpochRecord epoch) {
    return steps == 0 ? 0 : epoch.bytesSent() / (steps / epochs);
  }
}
