package dev.sinter.trainer.engine.device;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class NvidiaSmiTest {
  private static final String OUTPUT =
      """
      0, 9.0, 142500, 143771, NVIDIA H200
      1, 7.0, 16000, 16384, Tesla V100-SXM2, 16GB
      2, 12.1, [N/A], [N/A], NVIDIA GB10
      """;

  @Test
  void findsADeviceByItsNumber() {
    assertThat(NvidiaSmi.find(OUTPUT, 0))
        .contains(
            new CudaDevice(
                "NVIDIA H200", new ComputeCapability(9, 0), 142500L << 20, 143771L << 20));
    assertThat(NvidiaSmi.find(OUTPUT, 1))
        .hasValueSatisfying(gpu -> assertThat(gpu.name()).isEqualTo("Tesla V100-SXM2, 16GB"));
  }

  @Test
  void knowsNothingOfOthers() {
    assertThat(NvidiaSmi.find(OUTPUT, 2)).isEmpty();
    assertThat(NvidiaSmi.find(OUTPUT, 3)).isEmpty();
    assertThat(NvidiaSmi.find("", 0)).isEmpty();
    assertThat(NvidiaSmi.find("No devices were found", 0)).isEmpty();
  }

  @Test
  void comparesCapabilitiesAsNumbers() {
    assertThat(ComputeCapability.parse("10.0")).isGreaterThan(ComputeCapability.parse("8.9"));
    assertThat(ComputeCapability.parse("7.5")).isGreaterThan(ComputeCapability.parse("7.0"));
  }
}
