package dev.sinter.trainer.tracking;

import dev.sinter.error.SinterException;
import dev.sinter.trainer.checkpoint.CheckpointManifest.EpochRecord;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.fs.Path;

/**
 * A place where a run's course is written. Called by one thread of its own; whatever it throws is
 * told once and ends nothing.
 */
interface RunTracker extends AutoCloseable {

  /** What a failure is told as. */
  SinterException warning(Throwable failure);

  /** Training begins or goes on. */
  void begin(Beginning beginning) throws IOException;

  /** A step is done; not every one is told. */
  void step(StepPoint point) throws IOException;

  /** An epoch is done and its checkpoint is whole. */
  void epoch(EpochPoint point) throws IOException;

  /** Nothing more comes of this job. */
  void end(Ending ending) throws IOException;

  /**
   * What came after training.
   *
   * @param wallTime seconds since 1970
   * @param results on the test split, name to value
   * @param report location of the HTML report
   */
  default void report(double wallTime, Map<String, Double> results, Path report)
      throws IOException {}

  @Override
  void close() throws IOException;

  /**
   * Where training begins.
   *
   * @param wallTime seconds since 1970
   * @param step global steps done before
   * @param stepsPerEpoch global steps in an epoch
   * @param history one entry per epoch done before
   */
  record Beginning(double wallTime, long step, int stepsPerEpoch, List<EpochRecord> history) {}

  /**
   * A step.
   *
   * @param wallTime seconds since 1970
   * @param step global steps done
   * @param meanLoss of the step
   */
  record StepPoint(double wallTime, long step, double meanLoss) {}

  /**
   * An epoch.
   *
   * @param wallTime seconds since 1970
   * @param stepsPerEpoch global steps in it
   * @param epoch what it reached
   */
  record EpochPoint(double wallTime, int stepsPerEpoch, EpochRecord epoch) {
    /** Global steps done at its end. */
    long step() {
      return (long) epoch.epoch() * stepsPerEpoch;
    }
  }

  /**
   * How a job ended.
   *
   * @param wallTime seconds since 1970
   * @param status how
   * @param references name to what the run left, such as its best checkpoint
   */
  record Ending(double wallTime, Status status, Map<String, String> references) {}

  /** How a job may end. */
  enum Status {
    FINISHED,
    FAILED
  }
}
