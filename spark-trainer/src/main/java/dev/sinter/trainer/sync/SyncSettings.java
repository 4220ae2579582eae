package dev.sinter.trainer.sync;

import java.io.Serializable;

/**
 * How workers are kept together.
 *
 * @param strategy {@code gradient-sharing} or {@code parameter-averaging}
 * @param averageEverySteps of parameter averaging
 */
public record SyncSettings(String strategy, int averageEverySteps) implements Serializable {
  /** Gradient sharing without compression. */
  public static SyncSettings gradientSharing() {
    return new SyncSettings("gradient-sharing", 1);
  }

  /** Parameter averaging. */
  public static SyncSettings parameterAveraging(int averageEverySteps) {
    return new SyncSettings("parameter-averaging", averageEverySteps);
  }
}
