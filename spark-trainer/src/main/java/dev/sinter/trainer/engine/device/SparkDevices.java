package dev.sinter.trainer.engine.device;

import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import java.util.Arrays;
import java.util.Map;
import java.util.OptionalInt;
import org.apache.spark.SparkConf;
import org.apache.spark.TaskContext;
import org.apache.spark.resource.ResourceInformation;

/** Reads Spark's assignment of GPUs, which goes by numbers: Spark hides no GPU from a process. */
public final class SparkDevices {
  private static final String GPU = "gpu";
  private static final String TASK_AMOUNT = "spark.task.resource.gpu.amount";
  private static final String EXECUTOR_AMOUNT = "spark.executor.resource.gpu.amount";

  private SparkDevices() {}

  /**
   * The device of a task, to be asked for on its executor: the GPU that Spark assigned, or else the
   * processor.
   *
   * @param context the task's, or null outside of tasks
   * @throws SinterException {@code GPU_AMOUNT_INVALID}, {@code GPU_ADDRESS_INVALID}
   */
  public static ComputeDevice ofTask(TaskContext context) {
    return context == null ? ComputeDevice.CPU : assigned(context.resourcesJMap());
  }

  static ComputeDevice assigned(Map<String, ResourceInformation> resources) {
    ResourceInformation gpu = resources.get(GPU);
    if (gpu == null) {
      return ComputeDevice.CPU;
    }
    String[] addresses = gpu.addresses();
    if (addresses.length != 1) {
      throw wrongAmount("Spark assigned the GPUs " + Arrays.toString(addresses) + " to one task");
    }
    try {
      return ComputeDevice.cuda(Integer.parseInt(addresses[0].strip()));
    } catch (IllegalArgumentException e) {
      throw refused(
          "GPU_ADDRESS_INVALID",
          "Spark assigned the GPU '" + addresses[0] + "', which is not one of CUDA's numbers",
          "let the discovery script print numbers, as cluster-configs/gpu/gpu-discovery.sh does");
    }
  }

  /**
   * Checks a session's settings before its first job; to be done on the driver.
   *
   * @throws SinterException {@code GPU_NEEDS_CLUSTER}, {@code GPU_AMOUNT_INVALID}
   */
  public static void requireUsable(SparkConf conf) {
    if (!conf.contains(TASK_AMOUNT)) {
      if (conf.getInt(EXECUTOR_AMOUNT, 0) > 0) {
        throw wrongAmount(
            EXECUTOR_AMOUNT
                + " is set, but not "
                + TASK_AMOUNT
                + ": executors would hold GPUs and tasks get none");
      }
      return;
    }
    String master = conf.get("spark.master", "");
    if (master.equals("local") || master.startsWith("local[")) {
      throw refused(
          "GPU_NEEDS_CLUSTER",
          "spark.master is "
              + master
              + ", where Spark assigns no GPUs and aborts every job that asks for them",
          "submit to a cluster (for one machine: a standalone master and worker, see docs/how-to/use-gpus.md), or"
              + " drop the spark.*.resource.gpu.* settings to compute on the CPU");
    }
    String amount = conf.get(TASK_AMOUNT);
    if (parsed(amount) != 1) {
      throw wrongAmount(TASK_AMOUNT + " is " + amount);
    }
  }

  private static double parsed(String amount) {
    try {
      return Double.parseDouble(amount);
    } catch (NumberFormatException e) {
      return Double.NaN;
    }
  }

  /**
   * Checks that all workers can have a GPU at the same time, as far as the settings tell.
   *
   * @throws SinterException {@code TOO_FEW_GPUS}
   */
  public static void requireEnough(SparkConf conf, int workers) {
    if (!conf.contains(TASK_AMOUNT)) {
      return;
    }
    OptionalInt executors = executors(conf);
    int each = conf.getInt(EXECUTOR_AMOUNT, 0);
    if (executors.isPresent() && workers > executors.getAsInt() * each) {
      throw tooFew(
          workers,
          executors.getAsInt()
              + " executor(s) with "
              + EXECUTOR_AMOUNT
              + " = "
              + each
              + " have "
              + executors.getAsInt() * each);
    }
  }

  /** Whether tasks ask for GPUs. */
  public static boolean requested(SparkConf conf) {
    return conf.contains(TASK_AMOUNT);
  }

  /**
   * The refusal of more workers than there are GPUs.
   *
   * @param found what there is, as a clause
   */
  public static SinterException tooFew(int workers, String found) {
    return refused(
        "TOO_FEW_GPUS",
        "cluster.workers is "
            + workers
            + " and each worker computes on a GPU of its own, but "
            + found,
        "lower cluster.workers to the number of GPUs, or give Spark more executors or GPUs; train.lanes stays as it"
            + " is, workers then compute more lanes each");
  }

  private static OptionalInt executors(SparkConf conf) {
    String master = conf.get("spark.master", "");
    if (master.startsWith("spark:")) {
      int most = conf.getInt("spark.cores.max", 0);
      int each = conf.getInt("spark.executor.cores", 0);
      return most > 0 && each > 0 ? OptionalInt.of(most / each) : OptionalInt.empty();
    }
    int instances = conf.getInt("spark.executor.instances", 0);
    return instances > 0 ? OptionalInt.of(instances) : OptionalInt.empty();
  }

  private static SinterException wrongAmount(String problem) {
    return refused(
        "GPU_AMOUNT_INVALID",
        problem + "; a task computes on exactly one GPU that no other task uses",
        "set spark.task.resource.gpu.amount=1; several lanes of one worker share its GPU anyway");
  }

  private static SinterException refused(String code, String problem, String remedy) {
    return new SinterException(ErrorCategory.RESOURCES, code, problem, remedy);
  }
}
