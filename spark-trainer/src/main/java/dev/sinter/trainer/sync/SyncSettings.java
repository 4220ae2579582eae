package dev.sinter.trainer.sync;

import java.io.Serializable;

/**
 * How workers are kept together.
 *
 * @param strategy {@code gradient-sharing} or {@code parameter-averaging}
 * @param compression of gradient sharing
 * @param averageEverySteps of parameter averaging
 * @param stepsPerEpoch parameter averaging also averages at the end of each epoch, so that it can
 *     be validated and checkpointed; 0 for never
 * @param threads of this worker that sum and update; without effect on the result
 */
public record SyncSettings(
    String strategy, Compression compression, int averageEverySteps, int stepsPerEpoch, int threads)
    implements Serializable {
  /** Gradient sharing without compression. */
  public static SyncSettings gradientSharing() {
    return gradientSharing(Compression.NONE);
  }

  /** Gradient sharing. */
  public static SyncSettings gradientSharing(Compression compression) {
    return new SyncSettings("gradient-sharing", compression, 1, 0, 1);
  }

  /** Parameter averaging. */
  public static SyncSettings parameterAveraging(int averageEverySteps) {
    return new SyncSettings("parameter-averaging", Compression.NONE, averageEverySteps, 0, 1);
  }

  /** The same on several threads. */
  public SyncSettings withThreads(int count) {
    return new SyncSettings(strategy, compression, averageEverySteps, stepsPerEpoch, count);
  }
}
