package dev.sinter.trainer.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.error.SinterException;
import dev.sinter.trainer.config.ConfigFile;
import dev.sinter.trainer.config.RunConfig;
import dev.sinter.trainer.engine.device.ComputeDevice;
import java.util.List;
import java.util.Map;
import org.apache.spark.SparkConf;
import org.junit.jupiter.api.Test;

class OwnDevicesTest {
  @Test
  void acceptsTheSameNumberOnOtherHosts() {
    assertThatCode(() -> OwnDevices.requireDistinct(List.of("cuda:0 on a", "cuda:0 on b")))
        .doesNotThrowAnyException();
  }

  @Test
  void refusesOneGpuForTwoWorkers() {
    assertThatThrownBy(
            () -> OwnDevices.requireDistinct(List.of("cuda:0 on a", "cuda:1 on a", "cuda:0 on a")))
        .isInstanceOfSatisfying(
            SinterException.class,
            e -> {
              assertThat(e.code()).isEqualTo("GPU_SHARED");
              assertThat(e).hasMessageContaining("workers 0 and 2").hasMessageContaining("cuda:0");
              assertThat(WorkerFailures.restarts(e)).isFalse();
            });
  }

  @Test
  void lanesFollowOneAnotherOnAGpuAndTheCoresAssembleBatches() {
    RunConfig run =
        ConfigFile.parse(
            """
            data: {output: d}
            model: {name: resnet18}
            train: {output: o, lanes: 8}
            cluster: {workers: 1}
            """,
            Map.of(),
            "test");
    WorkerSizing sizing = WorkerSizing.of(run, new SparkConf(false).set("spark.task.cpus", "6"));
    assertThat(sizing.slots()).isEqualTo(6);
    assertThat(sizing.assemblers()).isEqualTo(3);
    WorkerSizing onGpu = sizing.on(ComputeDevice.cuda(0));
    assertThat(onGpu.slots()).isEqualTo(1);
    assertThat(onGpu.assemblers()).isEqualTo(5);
    assertThat(onGpu.lanes()).isEqualTo(8);
  }
}
