package dev.sinter.trainer.engine;

import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import dev.sinter.trainer.engine.device.ComputeCapability;
import dev.sinter.trainer.engine.device.ComputeDevice;
import dev.sinter.trainer.engine.device.CudaDevice;
import dev.sinter.trainer.engine.device.CudaRuntime;
import dev.sinter.trainer.engine.nd4j.Nd4jEngine;

/** Refuses a device that an engine cannot compute on, before it tries to. */
final class DeviceRequirements {
  /** The oldest architecture that libtorch's CUDA library holds machine code for. */
  private static final ComputeCapability LIBTORCH_OLDEST = new ComputeCapability(7, 5);

  /** The newest that the machine code in ND4J's CUDA library (up to 8.6) runs on. */
  private static final ComputeCapability ND4J_NEWEST = new ComputeCapability(8, 9);

  private DeviceRequirements() {}

  /**
   * Checks.
   *
   * @throws SinterException {@code GPU_LIBRARY_MISSING}, {@code GPU_DRIVER_MISSING}, {@code
   *     GPU_NOT_FOUND} or {@code GPU_NOT_SUPPORTED}
   */
  static void require(EngineSettings settings, CudaRuntime cuda) {
    ComputeDevice device = settings.device();
    if (!device.isCuda()) {
      return;
    }
    if (settings.name().equals(Nd4jEngine.NAME)) {
      // libtorch's natives say nothing of ND4J's; the architecture must be known before ND4J loads.
      cuda.device(device.index()).ifPresent(facts -> requireNotNewer(device, facts));
      return;
    }
    requireAvailable(device, cuda);
    if (device.index() >= cuda.deviceCount()) {
      throw refused(
          "GPU_NOT_FOUND",
          "Spark assigned GPU "
              + device.index()
              + ", but CUDA shows this executor "
              + cuda.deviceCount()
              + " GPU(s), numbered from 0",
          "unset CUDA_VISIBLE_DEVICES on the executors, and let the discovery script print the numbers that"
              + " CUDA uses there (CUDA_DEVICE_ORDER=PCI_BUS_ID for those of nvidia-smi)");
    }
    cuda.device(device.index()).ifPresent(facts -> requireNotOlder(device, facts));
  }

  private static void requireAvailable(ComputeDevice device, CudaRuntime cuda) {
    switch (cuda.availability()) {
      case AVAILABLE -> {}
      case BUILT_WITHOUT_CUDA ->
          throw refused(
              "GPU_LIBRARY_MISSING",
              "Spark assigned GPU "
                  + device.index()
                  + ", but the libtorch on the executor's class path is built for the CPU alone",
              "build with ./mvnw -Pgpu,launcher package and submit the jars that it lists, or drop the"
                  + " spark.*.resource.gpu.* settings to train on the CPU");
      case NO_DRIVER ->
          throw refused(
              "GPU_DRIVER_MISSING",
              "Spark assigned GPU " + device.index() + ", but CUDA finds no driver or no GPU",
              "run nvidia-smi on that host as the executor's user; in a container, give it the GPUs"
                  + " (NVIDIA container runtime); the driver must be one for CUDA 13");
    }
  }

  private static void requireNotOlder(ComputeDevice device, CudaDevice facts) {
    if (facts.capability().compareTo(LIBTORCH_OLDEST) < 0) {
      throw refused(
          "GPU_NOT_SUPPORTED",
          describe(device, facts)
              + "; libtorch's CUDA library has code for "
              + LIBTORCH_OLDEST
              + " and newer",
          "use newer GPUs, engine.name: nd4j in a build with -Pcuda, or drop the spark.*.resource.gpu.*"
              + " settings to train on the CPU");
    }
  }

  private static void requireNotNewer(ComputeDevice device, CudaDevice facts) {
    if (facts.capability().compareTo(ND4J_NEWEST) > 0) {
      throw refused(
          "GPU_NOT_SUPPORTED",
          describe(device, facts)
              + "; ND4J's CUDA library would be chosen there and fail at its first kernel, since its code"
              + " ends with 8.6",
          "set engine.name: libtorch in a build with -Pgpu, or drop the spark.*.resource.gpu.* settings");
    }
  }

  private static String describe(ComputeDevice device, CudaDevice facts) {
    return "GPU "
        + device.index()
        + " ("
        + facts.name()
        + ") has compute capability "
        + facts.capability();
  }

  private static SinterException refused(String code, String problem, String remedy) {
    return new SinterException(ErrorCategory.RESOURCES, code, problem, remedy);
  }
}
