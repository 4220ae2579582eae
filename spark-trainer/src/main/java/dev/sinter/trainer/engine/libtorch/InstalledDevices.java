package dev.sinter.trainer.engine.libtorch;

import dev.sinter.trainer.engine.EngineSettings.Determinism;
import dev.sinter.trainer.engine.device.ComputeDevice;
import dev.sinter.trainer.engine.device.CudaRuntime;

/** The GPUs of this machine, through the libtorch that is on the class path. */
public enum InstalledDevices implements TensorDevices {
  /** The only one; it has no state. */
  INSTANCE;

  @Override
  public CudaRuntime cuda() {
    return LibtorchCudaRuntime.INSTANCE;
  }

  @Override
  public TensorDevice open(ComputeDevice device, Determinism determinism) {
    CudaDeterminism.choose(determinism);
    return new CudaTensorDevice(device);
  }
}
