package dev.sinter.trainer.data;

import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import java.io.Serializable;

/**
 * How the train split is dealt to the lanes, and the lanes to workers.
 *
 * <p>Samples have a global index, their place in the shards (which are in random order already).
 * Each lane owns a contiguous range of it, each worker a contiguous range of lanes; so a worker
 * reads one contiguous range, and nothing but the reading depends on the number of workers.
 *
 * @param samples samples in the train split
 * @param lanes slots of the global batch, a power of two
 * @param microBatchSize samples per lane and step
 */
public record LanePlan(int samples, int lanes, int microBatchSize) implements Serializable {

  /**
   * A half-open range.
   *
   * @param from first
   * @param to one past the last
   */
  public record Range(int from, int to) implements Serializable {
    /** Number of elements. */
    public int size() {
      return to - from;
    }
  }

  /**
   * Checks the numbers against each other.
   *
   * @throws SinterException {@code LANES_NOT_POWER_OF_TWO}, {@code MICRO_BATCH_NOT_POSITIVE} or
   *     {@code TOO_FEW_SAMPLES}
   */
  public LanePlan {
    if (Integer.bitCount(lanes) != 1 || lanes < 1) {
      throw usage(
          "LANES_NOT_POWER_OF_TWO",
          "train.lanes is " + lanes + ".",
          "Set train.lanes to 1, 2, 4, 8, ...; it need not equal the number of workers.");
    }
    if (microBatchSize < 1) {
      throw usage(
          "MICRO_BATCH_NOT_POSITIVE",
          "train.micro-batch-size is " + microBatchSize + ".",
          "Set train.micro-batch-size to 1 or more.");
    }
    if (samples < (long) lanes * microBatchSize) {
      throw usage(
          "TOO_FEW_SAMPLES",
          String.format(
              "The train split has %d samples, less than one global batch of %d"
                  + " (%d lanes x micro-batch size %d).",
              samples, (long) lanes * microBatchSize, lanes, microBatchSize),
          "Set a smaller train.micro-batch-size or train.lanes, or add data.");
    }
  }

  /** Samples per step, over all lanes. */
  public int globalBatchSize() {
    return lanes * microBatchSize;
  }

  /**
   * Steps of an epoch: whole global batches.
   *
   * <p>Every lane can serve them: the smallest has floor(samples / lanes), and floor(floor(n / a) /
   * b) is floor(n / (a b)).
   */
  public int stepsPerEpoch() {
    return samples / globalBatchSize();
  }

  /** Global indices of the samples that a lane owns. */
  public Range samplesOfLane(int lane) {
    if (lane < 0 || lane >= lanes) {
      throw new IndexOutOfBoundsException("lane " + lane + " of " + lanes);
    }
    return new Range(share(samples, lane, lanes), share(samples, lane + 1, lanes));
  }

  /**
   * Lanes of a worker.
   *
   * @throws SinterException {@code MORE_WORKERS_THAN_LANES}
   */
  public Range lanesOfWorker(int worker, int workers) {
    if (workers > lanes) {
      throw usage(
          "MORE_WORKERS_THAN_LANES",
          workers + " workers share " + lanes + " lanes, so some would have nothing to do.",
          "Set cluster.workers to " + lanes + " or less, or train.lanes to a larger power of two.");
    }
    if (worker < 0 || worker >= workers) {
      throw new IndexOutOfBoundsException("worker " + worker + " of " + workers);
    }
    return new Range(share(lanes, worker, workers), share(lanes, worker + 1, workers));
  }

  /** Global indices of the samples that a worker reads and keeps. */
  public Range samplesOfWorker(int worker, int workers) {
    Range range = lanesOfWorker(worker, workers);
    return new Range(samplesOfLane(range.from()).from(), samplesOfLane(range.to() - 1).to());
  }

  /** The epoch, from 0, that a step, counted from 0 over the whole run, belongs to. */
  public int epochOf(long step) {
    return Math.toIntExact(step / stepsPerEpoch());
  }

  /** The place of a step within its epoch, from 0. */
  public int stepInEpoch(long step) {
    return Math.toIntExact(step % stepsPerEpoch());
  }

  private static int share(int total, int part, int parts) {
    return (int) ((long) part * total / parts);
  }

  private static SinterException usage(String code, String problem, String remedy) {
    return new SinterException(ErrorCategory.USAGE, code, problem, remedy);
  }
}
