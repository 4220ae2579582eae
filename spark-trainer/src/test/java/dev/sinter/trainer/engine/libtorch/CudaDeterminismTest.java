package dev.sinter.trainer.engine.libtorch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.error.SinterException;
import dev.sinter.trainer.engine.EngineSettings.Determinism;
import dev.sinter.trainer.engine.device.CudaRuntime.Availability;
import org.bytedeco.pytorch.Context;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class CudaDeterminismTest {
  private final Context context = torch.globalContext();

  /** The processor's operations heed the first of these too. */
  @AfterEach
  void restore() {
    context.setDeterministicAlgorithms(false, false);
  }

  @Test
  void deterministicMeansFixedKernelsAndWholeFloats() {
    CudaDeterminism.choose(Determinism.DETERMINISTIC, ":4096:8");
    assertThat(context.deterministicAlgorithms()).isTrue();
    assertThat(context.deterministicAlgorithmsWarnOnly()).isFalse();
    assertThat(context.deterministicCuDNN()).isTrue();
    assertThat(context.benchmarkCuDNN()).isFalse();
    assertThat(context.allowTF32CuDNN()).isFalse();
    assertThat(context.allowTF32CuBLAS()).isFalse();
  }

  @Test
  void otherwiseTheFastestKernelsAreTried() {
    CudaDeterminism.choose(Determinism.FASTEST, null);
    assertThat(context.deterministicAlgorithms()).isFalse();
    assertThat(context.deterministicCuDNN()).isFalse();
    assertThat(context.benchmarkCuDNN()).isTrue();
    assertThat(context.allowTF32CuDNN()).isTrue();
    assertThat(context.allowTF32CuBLAS()).isTrue();
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(strings = {"", ":8:8"})
  void refusesDeterminismWithoutCublasWorkspace(String workspace) {
    assertThatThrownBy(() -> CudaDeterminism.choose(Determinism.DETERMINISTIC, workspace))
        .isInstanceOfSatisfying(
            SinterException.class, e -> assertThat(e.code()).isEqualTo("CUBLAS_WORKSPACE_UNSET"));
    assertThat(context.deterministicAlgorithms()).isFalse();
  }

  @Test
  void thisBuildSaysThatItHasNoCuda() {
    assertThat(InstalledDevices.INSTANCE.cuda().availability())
        .isEqualTo(Availability.BUILT_WITHOUT_CUDA);
    assertThatCode(() -> InstalledDevices.INSTANCE.cuda().device(0)).doesNotThrowAnyException();
  }
}
