package dev.sinter.trainer.engine.libtorch;

import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import dev.sinter.trainer.engine.EngineSettings.Determinism;
import java.util.Set;
import org.bytedeco.pytorch.Context;
import org.bytedeco.pytorch.global.torch;

/** How libtorch chooses among its CUDA kernels; of the whole process. */
final class CudaDeterminism {
  /** Read by cuBLAS when it is loaded: no program can set it for itself. */
  private static final String WORKSPACE = "CUBLAS_WORKSPACE_CONFIG";

  private static final Set<String> DETERMINISTIC_WORKSPACES = Set.of(":4096:8", ":16:8");

  private CudaDeterminism() {}

  /**
   * Chooses.
   *
   * <p>Deterministic: kernels with a fixed order of summation only, an error where there is none,
   * no trial runs of cuDNN, whose winner may differ, and fp32 in full. Otherwise the fastest
   * kernels, found by trial, and fp32 products of 10-bit mantissas (TF32) on the tensor cores.
   */
  static void choose(Determinism determinism) {
    choose(determinism, System.getenv(WORKSPACE));
  }

  /**
   * The same.
   *
   * @param workspace cuBLAS's setting, or null
   * @throws SinterException {@code CUBLAS_WORKSPACE_UNSET}
   */
  static void choose(Determinism determinism, String workspace) {
    requireWorkspace(determinism, workspace);
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

  private static void requireWorkspace(Determinism determinism, String workspace) {
    if (determinism == Determinism.DETERMINISTIC
        && (workspace == null || !DETERMINISTIC_WORKSPACES.contains(workspace))) {
      throw new SinterException(
          ErrorCategory.RESOURCES,
          "CUBLAS_WORKSPACE_UNSET",
          "engine.deterministic is true, but the executor's environment has "
              + (workspace == null ? "no " + WORKSPACE : WORKSPACE + "=" + workspace),
          "set spark.executorEnv." + WORKSPACE + "=:4096:8");
    }
  }
}
