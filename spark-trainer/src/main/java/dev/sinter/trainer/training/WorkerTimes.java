package dev.sinter.trainer.training;

import java.io.Serializable;

/**
 * Where one worker's time goes, over one or more steps.
 *
 * @param steps how many
 * @param seconds all of their time
 * @param computeSeconds computing lanes
 * @param waitSeconds waiting for other workers
 * @param transferSeconds moving data
 * @param bytesSent to other workers
 * @param images that its lanes took
 */
public record WorkerTimes(
    long steps,
    double seconds,
    double computeSeconds,
    double waitSeconds,
    double transferSeconds,
    long bytesSent,
    long images)
    implements Serializable {
  static final WorkerTimes NONE = new WorkerTimes(0, 0, 0, 0, 0, 0, 0);

  WorkerTimes plus(WorkerTimes other) {
    return new WorkerTimes(
        steps + other.steps,
        seconds + other.seconds,
        computeSeconds + other.computeSeconds,
        waitSeconds + other.waitSeconds,
        transferSeconds + other.transferSeconds,
        bytesSent + other.bytesSent,
        images + other.images);
  }

  /** Over all of the time. */
  public double imagesPerSecond() {
    return seconds == 0 ? 0 : images / seconds;
  }
}
