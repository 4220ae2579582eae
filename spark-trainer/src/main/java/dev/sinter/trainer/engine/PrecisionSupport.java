package dev.sinter.trainer.engine;

import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import dev.sinter.trainer.engine.device.ComputeCapability;
import dev.sinter.trainer.engine.device.ComputeDevice;
import dev.sinter.trainer.engine.device.CudaRuntime;
import dev.sinter.trainer.engine.nd4j.Nd4jEngine;

/** Which number formats an engine computes fast on a device. */
public final class PrecisionSupport {
  /** Ampere: the first GPUs that multiply bfloat16. */
  private static final ComputeCapability FIRST_BFLOAT16 = new ComputeCapability(8, 0);

  private PrecisionSupport() {}

  /**
   * The fastest format whose results are as good as those of 32-bit floats: bf16 where the device
   * multiplies it, else fp32. Never fp16, whose range is too small for some networks.
   *
   * @param engine {@code libtorch} or {@code nd4j}
   */
  public static ComputePrecision fastest(
      String engine, ComputeDevice device, Processor processor, CudaRuntime cuda) {
    if (engine.equals(Nd4jEngine.NAME)) {
      return ComputePrecision.FP32;
    }
    boolean bfloat16 =
        device.isCuda()
            ? cuda.device(device.index())
                .filter(facts -> facts.capability().compareTo(FIRST_BFLOAT16) >= 0)
                .isPresent()
            : processor.multipliesBfloat16();
    return bfloat16 ? ComputePrecision.BF16 : ComputePrecision.FP32;
  }

  /**
   * Refuses what would take a hundred times as long as it should.
   *
   * @throws SinterException {@code ENGINE_PRECISION_NOT_SUPPORTED}
   */
  static void require(EngineSettings settings) {
    if (settings.precision() == ComputePrecision.FP16 && !settings.device().isCuda()) {
      throw new SinterException(
          ErrorCategory.USAGE,
          "ENGINE_PRECISION_NOT_SUPPORTED",
          "engine.precision fp16 was asked for on a CPU, where libtorch's backward pass has no fast"
              + " fp16 operations",
          "set engine.precision: auto, which takes bf16 where the CPU has it and fp32 elsewhere");
    }
  }
}
