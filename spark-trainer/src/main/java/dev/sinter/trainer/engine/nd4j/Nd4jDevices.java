package dev.sinter.trainer.engine.nd4j;

import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import dev.sinter.trainer.engine.device.ComputeDevice;
import java.util.Locale;
import org.nd4j.linalg.factory.Nd4j;

/**
 * ND4J computes on what its backend computes on, chosen once a process by class path and
 * environment: this sees that it is what the task was given.
 */
final class Nd4jDevices {
  private static final String CUDA_BACKEND = "cuda";

  private Nd4jDevices() {}

  /**
   * Checks that ND4J can compute on a device.
   *
   * @throws SinterException {@code ND4J_BACKEND_MISMATCH}, {@code GPU_NOT_FOUND}
   */
  static void require(ComputeDevice device) {
    String backend = Nd4j.getBackend().getClass().getSimpleName();
    boolean onCuda = backend.toLowerCase(Locale.ROOT).contains(CUDA_BACKEND);
    if (onCuda != device.isCuda()) {
      throw mismatch(device, backend);
    }
    int devices = Nd4j.getAffinityManager().getNumberOfDevices();
    if (device.isCuda() && device.index() >= devices) {
      throw new SinterException(
          ErrorCategory.RESOURCES,
          "GPU_NOT_FOUND",
          "Spark assigned GPU "
              + device.index()
              + ", but ND4J finds "
              + devices
              + " GPU(s), numbered from 0",
          "unset CUDA_VISIBLE_DEVICES on the executors, and let the discovery script print CUDA's numbers");
    }
  }

  private static SinterException mismatch(ComputeDevice device, String backend) {
    return device.isCuda()
        ? new SinterException(
            ErrorCategory.RESOURCES,
            "ND4J_BACKEND_MISMATCH",
            "Spark assigned GPU "
                + device.index()
                + ", but ND4J's backend in this executor is "
                + backend,
            "build with ./mvnw -Pcuda,launcher package and give the executors CUDA 11's libraries, set engine.name:"
                + " libtorch in a build with -Pgpu, or drop the spark.*.resource.gpu.* settings")
        : new SinterException(
            ErrorCategory.RESOURCES,
            "ND4J_BACKEND_MISMATCH",
            "Spark assigned no GPU, but ND4J's backend in this executor is " + backend,
            "set spark.executorEnv.BACKEND_PRIORITY_CPU=200 to compute on the CPU, or let Spark assign GPUs"
                + " (spark.task.resource.gpu.amount=1)");
  }

  /** Lets the calling thread compute on a device. */
  static void use(ComputeDevice device) {
    if (device.isCuda()) {
      Nd4j.getAffinityManager().unsafeSetDevice(device.index());
    }
  }
}
