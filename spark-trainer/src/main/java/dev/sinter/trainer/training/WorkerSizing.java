package dev.sinter.trainer.training;

import dev.sinter.trainer.config.RunConfig;
import dev.sinter.trainer.engine.Network;
import org.apache.spark.SparkConf;

/**
 * How one worker divides what Spark gives it.
 *
 * @param slots lanes computed at once: floor(spark.task.cpus / engine.threads-per-lane), at most
 *     the worker's lanes
 * @param lanes most lanes that one worker holds
 * @param run the configuration
 */
public record WorkerSizing(int slots, int lanes, RunConfig run) {
  /**
   * Cores of a worker in an embedded session, where all tasks share one JVM; elsewhere it has
   * {@code spark.task.cpus}.
   */
  public static final String WORKER_CPUS = "spark.sinter.worker.cpus";

  static WorkerSizing of(RunConfig run, SparkConf spark) {
    int cpus = spark.getInt(WORKER_CPUS, spark.getInt("spark.task.cpus", 1));
    int lanes = (run.train().lanes() + run.cluster().workers() - 1) / run.cluster().workers();
    int slots = Math.max(1, Math.min(cpus / run.engine().threadsPerLane(), lanes));
    return new WorkerSizing(slots, lanes, run);
  }

  /** What one worker needs outside the heap. */
  MemoryEstimate memory(Network network) {
    int treeLevels = 32 - Integer.numberOfLeadingZeros(lanes);
    int optimizerVectors = run.optimizer().name().equals("sgd") ? 1 : 2;
    return MemoryEstimate.of(
        network, run.train().microBatchSize(), slots, slots + treeLevels, optimizerVectors);
  }
}
