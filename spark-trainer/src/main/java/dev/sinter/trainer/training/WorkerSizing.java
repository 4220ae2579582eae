package dev.sinter.trainer.training;

import dev.sinter.trainer.config.EngineConfig;
import dev.sinter.trainer.config.RunConfig;
import dev.sinter.trainer.engine.ActivationMemory;
import dev.sinter.trainer.engine.ComputePrecision;
import dev.sinter.trainer.engine.Network;
import dev.sinter.trainer.engine.PrecisionSupport;
import dev.sinter.trainer.engine.Processor;
import dev.sinter.trainer.engine.device.ComputeDevice;
import dev.sinter.trainer.engine.libtorch.InstalledDevices;
import dev.sinter.trainer.optimizer.Optimizers;
import dev.sinter.trainer.sync.Compression;
import org.apache.spark.SparkConf;

/**
 * How one worker divides what Spark gives it.
 *
 * @param cpus cores of the worker
 * @param slots lanes computed at once: floor(spark.task.cpus / engine.threads-per-lane), at most
 *     the worker's lanes; on a GPU one
 * @param lanes most lanes that one worker holds
 * @param device what it computes on
 * @param run the configuration
 */
public record WorkerSizing(int cpus, int slots, int lanes, ComputeDevice device, RunConfig run) {
  /**
   * Cores of a worker in an embedded session, where all tasks share one JVM; elsewhere it has
   * {@code spark.task.cpus}.
   */
  public static final String WORKER_CPUS = "spark.sinter.worker.cpus";

  /** The moving average of the weights, and two copies of the trained ones. */
  private static final int AVERAGE_VECTORS = 3;

  /** What is not sent, and a momentum, as long as the flat vector: what checkpoints have of it. */
  private static final int MOST_UNSENT_VECTORS = 2;

  /** Sizes the workers of a run by a session's settings. */
  public static WorkerSizing of(RunConfig run, SparkConf spark) {
    int cpus = spark.getInt(WORKER_CPUS, spark.getInt("spark.task.cpus", 1));
    int lanes = (run.train().lanes() + run.cluster().workers() - 1) / run.cluster().workers();
    int slots = Math.max(1, Math.min(cpus / run.engine().threadsPerLane(), lanes));
    return new WorkerSizing(cpus, slots, lanes, ComputeDevice.CPU, run);
  }

  /**
   * The same on a device. On a GPU the lanes follow one another: one lane's operations fill it, and
   * every slot would hold its own activations and its own copy of the parameters there.
   */
  WorkerSizing on(ComputeDevice other) {
    return new WorkerSizing(cpus, other.isCuda() ? 1 : slots, lanes, other, run);
  }

  /** Threads that assemble batches: on a GPU the cores have little else to do. */
  int assemblers() {
    return Math.max(1, device.isCuda() ? cpus - 1 : slots / 2);
  }

  /** What one worker needs outside the heap. */
  public MemoryEstimate memory(Network network) {
    int treeLevels = 32 - Integer.numberOfLeadingZeros(lanes);
    int optimizerVectors =
        Optimizers.create(TrainingSettings.optimizer(run.optimizer())).stateVectors()
            + (run.optimizer().emaDecay() == 0 ? 0 : AVERAGE_VECTORS);
    boolean freezes = !run.model().freeze().isEmpty();
    if (Compression.Kind.byKey(run.sync().compression()).sparse()) {
      optimizerVectors += 2; // what is not sent yet, and the sum of all messages
      if (freezes) {
        optimizerVectors += MOST_UNSENT_VECTORS;
      }
    }
    int slotsOnHost = device.isCuda() ? 0 : slots;
    // On a GPU activations are there; here are staging copies of parameters and gradient.
    int buffers = device.isCuda() ? slots + treeLevels + 2 : slots + treeLevels;
    if (freezes) {
      buffers += slots + 1; // whole gradients beside those of what trains
    }
    return MemoryEstimate.of(
        network,
        run.train().microBatchSize(),
        slotsOnHost,
        buffers,
        optimizerVectors,
        new MemoryEstimate.Activations(
            precision(),
            run.engine().activationCheckpointing()
                ? ActivationMemory.RECOMPUTE
                : ActivationMemory.KEEP));
  }

  /** Until the workers have settled it, what this machine would choose. */
  private ComputePrecision precision() {
    return run.engine().precision().equals(EngineConfig.AUTO)
        ? PrecisionSupport.fastest(
            run.engine().name(),
            ComputeDevice.CPU,
            Processor.current(),
            InstalledDevices.INSTANCE.cuda())
        : ComputePrecision.byKey(run.engine().precision());
  }
}
