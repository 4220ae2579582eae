package dev.sinter.trainer.engine.libtorch;

import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import dev.sinter.trainer.engine.device.CudaDevice;
import dev.sinter.trainer.engine.device.CudaRuntime;
import dev.sinter.trainer.engine.device.NvidiaSmi;
import java.util.Optional;
import org.bytedeco.pytorch.Context;
import org.bytedeco.pytorch.global.torch;

/**
 * What libtorch says of CUDA, and nvidia-smi of the GPUs: libtorch's own Java classes for that come
 * with its CUDA jars only.
 */
enum LibtorchCudaRuntime implements CudaRuntime {
  INSTANCE;

  @Override
  public Availability availability() {
    try {
      // Of the build; whether there is a device shows in their number.
      if (!Context.hasCUDART()) {
        return Availability.BUILT_WITHOUT_CUDA;
      }
      return deviceCount() > 0 ? Availability.AVAILABLE : Availability.NO_DRIVER;
    } catch (LinkageError e) {
      throw notLoaded(e);
    }
  }

  /** libtorch's CUDA library needs CUDA's own, which are no part of the build. */
  private static SinterException notLoaded(LinkageError error) {
    SinterException failure =
        new SinterException(
            ErrorCategory.RESOURCES,
            "GPU_LIBRARY_MISSING",
            "Spark assigned a GPU, but libtorch cannot be loaded on this executor: " + error,
            "put the libraries of CUDA 13.1, cuDNN 9 and NCCL 2 in the loader's path there (LD_LIBRARY_PATH), and give"
                + " the executors all jars that spark-trainer/target/launcher/jars lists");
    failure.addSuppressed(error); // not the cause: Spark would kill the executor for it
    return failure;
  }

  @Override
  public int deviceCount() {
    return torch.cuda_device_count();
  }

  @Override
  public Optional<CudaDevice> device(int index) {
    return NvidiaSmi.device(index);
  }
}
