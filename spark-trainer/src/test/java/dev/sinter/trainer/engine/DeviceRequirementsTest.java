package dev.sinter.trainer.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import dev.sinter.trainer.engine.device.ComputeDevice;
import dev.sinter.trainer.engine.device.CudaRuntime;
import dev.sinter.trainer.engine.device.CudaRuntime.Availability;
import dev.sinter.trainer.engine.device.KnownGpus;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class DeviceRequirementsTest {
  private static EngineSettings settings(String engine, int index) {
    return EngineSettings.of(engine).on(ComputeDevice.cuda(index));
  }

  static Stream<Arguments> refusals() {
    return Stream.of(
        Arguments.of(
            settings("libtorch", 0),
            KnownGpus.none(Availability.BUILT_WITHOUT_CUDA),
            "GPU_LIBRARY_MISSING",
            "-Pgpu"),
        Arguments.of(
            settings("libtorch", 0),
            KnownGpus.none(Availability.NO_DRIVER),
            "GPU_DRIVER_MISSING",
            "nvidia-smi"),
        Arguments.of(
            settings("libtorch", 2),
            KnownGpus.alike(2, "9.0"),
            "GPU_NOT_FOUND",
            "CUDA_VISIBLE_DEVICES"),
        Arguments.of(
            settings("libtorch", 1),
            KnownGpus.alike(2, "7.0"),
            "GPU_NOT_SUPPORTED",
            "engine.name: nd4j"),
        Arguments.of(
            settings("nd4j", 0),
            KnownGpus.alike(1, "9.0"),
            "GPU_NOT_SUPPORTED",
            "engine.name: libtorch"));
  }

  @ParameterizedTest
  @MethodSource("refusals")
  void refusesWithTheNextStep(
      EngineSettings settings, CudaRuntime cuda, String code, String remedy) {
    assertThatThrownBy(() -> DeviceRequirements.require(settings, cuda))
        .isInstanceOfSatisfying(
            SinterException.class,
            e -> {
              assertThat(e.code()).isEqualTo(code);
              assertThat(e.category()).isEqualTo(ErrorCategory.RESOURCES);
              assertThat(e.getMessage()).contains("GPU " + settings.device().index());
              assertThat(e.remedy()).contains(remedy);
            });
  }

  @ParameterizedTest
  @CsvSource({"libtorch, 7.5", "libtorch, 12.0", "nd4j, 8.9", "nd4j, 3.7"})
  void acceptsTheArchitecturesOfTheLibraries(String engine, String capability) {
    assertThatCode(
            () -> DeviceRequirements.require(settings(engine, 0), KnownGpus.alike(1, capability)))
        .doesNotThrowAnyException();
  }

  /** The libraries on the class path are the CPU's. */
  @Test
  void anEngineOnAGpuIsRefusedByThisBuild() {
    assertThatThrownBy(() -> Engines.byName(settings("libtorch", 0)))
        .isInstanceOfSatisfying(
            SinterException.class, e -> assertThat(e.code()).isEqualTo("GPU_LIBRARY_MISSING"));
    assertThatThrownBy(() -> Engines.byName(settings("nd4j", 0)))
        .isInstanceOfSatisfying(
            SinterException.class,
            e -> {
              assertThat(e.code()).isEqualTo("ND4J_BACKEND_MISMATCH");
              assertThat(e.getMessage()).contains("GPU 0").contains("CpuBackend");
            });
  }
}
