package dev.sinter.trainer.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.error.SinterException;
import dev.sinter.trainer.engine.device.ComputeCapability;
import dev.sinter.trainer.engine.device.ComputeDevice;
import dev.sinter.trainer.engine.device.CudaDevice;
import dev.sinter.trainer.engine.device.CudaRuntime;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PrecisionSupportTest {
  private static final Processor OLD = new Processor(Set.of("avx2", "fma"));
  private static final ComputeDevice GPU = ComputeDevice.cuda(0);

  private record Gpu(ComputeCapability capability) implements CudaRuntime {
    @Override
    public Availability availability() {
      return Availability.AVAILABLE;
    }

    @Override
    public int deviceCount() {
      return 1;
    }

    @Override
    public Optional<CudaDevice> device(int index) {
      return Optional.of(new CudaDevice("test", capability, 1L << 30, 1L << 30));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "libtorch, avx512_bf16, BF16",
    "libtorch, amx_bf16, BF16",
    "libtorch, avx512f, FP32",
    "nd4j, amx_bf16, FP32"
  })
  void followsTheProcessor(String engine, String flag, ComputePrecision precision) {
    assertThat(
            PrecisionSupport.fastest(
                engine,
                ComputeDevice.CPU,
                new Processor(Set.of(flag)),
                new Gpu(new ComputeCapability(9, 0))))
        .isEqualTo(precision);
  }

  @ParameterizedTest
  @CsvSource({"7.5, FP32", "8.0, BF16", "9.0, BF16"})
  void followsTheGpu(String capability, ComputePrecision precision) {
    Gpu gpu = new Gpu(ComputeCapability.parse(capability));
    assertThat(PrecisionSupport.fastest("libtorch", GPU, OLD, gpu)).isEqualTo(precision);
  }

  @Test
  void refusesFp16OnProcessors() {
    EngineSettings settings = EngineSettings.of("libtorch").with(ComputePrecision.FP16);
    assertThatThrownBy(() -> Engines.byName(settings))
        .isInstanceOfSatisfying(
            SinterException.class,
            failure -> assertThat(failure.code()).isEqualTo("ENGINE_PRECISION_NOT_SUPPORTED"));
    PrecisionSupport.require(settings.on(GPU));
  }
}
