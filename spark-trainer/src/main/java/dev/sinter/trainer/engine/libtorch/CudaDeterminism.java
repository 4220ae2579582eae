package dev.sinter.trainer.engine.libtorch;

import dev.sinter.trainer.engine.EngineSettings.Determinism;
import org.bytedeco.pytorch.Context;
import org.bytedeco.pytorch.global.torch;

/** How libtorch chooses among its CUDA kernels; of the whole process. */
final class CudaDeterminism {
  private CudaDeterminism() {}

  /**
   * Chooses.
   *
   * <p>Deterministic: kernels with a fixed order of summation only, an error where there is none,
   * no trial runs of cuDNN, whose winner may differ, and fp32 in full. Otherwise the fastest
   * kernels, found by trial, and fp32 products of 10-bit mantissas (TF32) on the tensor cores.
   */
  static void choose(Determinism determinism) {
    boolean deterministic = determinism == Determinism.DETERMINISTIC;
    Context context = torch.globalContext();
    context.setDeterministicAlgorithms(deterministic, false);
    // Else every new tensor is filled first, for the sake of programs that read it unset.
    context.setDeterministicFillUninitializedMemory(false);
    context.setDeterministicCuDNN(deterministic);
    context.setBenchmarkCuDNN(!deterministic);
    context.setAllowTF32CuDNN(!deterministic);
    context.setAllowTF32CuBLAS(!deterministic);
  }
}
