package dev.sinter.trainer.engine.libtorch;

import dev.sinter.trainer.engine.EngineSettings.Determinism;
import dev.sinter.trainer.engine.device.ComputeDevice;
import dev.sinter.trainer.engine.device.CudaRuntime;
import java.io.Serializable;

/** The devices of a process; shipped to the executors with the work. */
public interface TensorDevices extends Serializable {
  /** What is known of this process's GPUs. */
  CudaRuntime cuda();

  /**
   * Opens a GPU for one replica.
   *
   * @param determinism whether only operations that repeat their bits may be used
   */
  TensorDevice open(ComputeDevice device, Determinism determinism);
}
