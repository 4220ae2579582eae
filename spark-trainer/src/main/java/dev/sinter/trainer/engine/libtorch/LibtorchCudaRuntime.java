package dev.sinter.trainer.engine.libtorch;

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
    // Of the build; whether there is a device shows in their number.
    if (!Context.hasCUDART()) {
      return Availability.BUILT_WITHOUT_CUDA;
    }
    return deviceCount() > 0 ? Availability.AVAILABLE : Availability.NO_DRIVER;
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
