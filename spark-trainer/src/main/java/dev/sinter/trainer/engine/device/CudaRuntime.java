package dev.sinter.trainer.engine.device;

import java.util.Optional;

/** What a process knows of the GPUs that it can use. */
public interface CudaRuntime {
  /** Whether GPUs can be used at all. */
  enum Availability {
    /** At least one GPU can be used. */
    AVAILABLE,
    /** The native libraries in this process were built without CUDA. */
    BUILT_WITHOUT_CUDA,
    /** They were built with it, but find no driver or no device. */
    NO_DRIVER
  }

  /** Whether GPUs can be used at all. */
  Availability availability();

  /** Number of GPUs that CUDA shows this process. */
  int deviceCount();

  /**
   * Facts about a GPU; empty where they cannot be found out.
   *
   * @param index CUDA's number
   */
  Optional<CudaDevice> device(int index);
}
