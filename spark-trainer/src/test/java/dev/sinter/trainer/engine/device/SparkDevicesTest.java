package dev.sinter.trainer.engine.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import java.util.Map;
import org.apache.spark.SparkConf;
import org.apache.spark.resource.ResourceInformation;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SparkDevicesTest {
  private static final String SETTINGS_OF_GPUS =
      "spark.task.resource.gpu.amount=1;spark.executor.resource.gpu.amount=2;";

  private static ComputeDevice assigned(String... addresses) {
    return SparkDevices.assigned(Map.of("gpu", new ResourceInformation("gpu", addresses)));
  }

  private static void assertRefused(ThrowingCallable call, String code) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            SinterException.class,
            e -> {
              assertThat(e.code()).isEqualTo(code);
              assertThat(e.category()).isEqualTo(ErrorCategory.RESOURCES);
            });
  }

  @Test
  void takesTheGpuThatSparkAssigned() {
    assertThat(assigned("3")).isEqualTo(ComputeDevice.cuda(3)).hasToString("cuda:3");
  }

  @Test
  void computesOnTheProcessorWithoutAnAssignment() {
    assertThat(SparkDevices.assigned(Map.of())).isEqualTo(ComputeDevice.CPU).hasToString("cpu");
    assertThat(SparkDevices.ofTask(null)).isEqualTo(ComputeDevice.CPU);
  }

  @Test
  void refusesSeveralGpusAndOtherNames() {
    assertRefused(() -> assigned("0", "1"), "GPU_AMOUNT_INVALID");
    assertRefused(() -> assigned("GPU-5a2c"), "GPU_ADDRESS_INVALID");
    assertRefused(() -> assigned("-1"), "GPU_ADDRESS_INVALID");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "spark.master=local[2];spark.task.resource.gpu.amount=1 | GPU_NEEDS_CLUSTER",
        "spark.master=local;spark.task.resource.gpu.amount=1 | GPU_NEEDS_CLUSTER",
        "spark.master=yarn;spark.task.resource.gpu.amount=0.5 | GPU_AMOUNT_INVALID",
        "spark.master=yarn;spark.task.resource.gpu.amount=2 | GPU_AMOUNT_INVALID",
        "spark.master=yarn;spark.executor.resource.gpu.amount=2 | GPU_AMOUNT_INVALID",
      })
  void refusesSettings(String settings, String code) {
    assertRefused(() -> SparkDevices.requireUsable(conf(settings)), code);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "spark.master=local[2] | 8",
        "spark.master=yarn;" + SETTINGS_OF_GPUS + "spark.executor.instances=4 | 8",
        // nothing says how many executors there will be
        "spark.master=spark://host:7077;" + SETTINGS_OF_GPUS + " | 100",
      })
  void acceptsSettings(String settings, int workers) {
    assertThatCode(
            () -> {
              SparkDevices.requireUsable(conf(settings));
              SparkDevices.requireEnough(conf(settings), workers);
            })
        .doesNotThrowAnyException();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "spark.master=yarn;" + SETTINGS_OF_GPUS + "spark.executor.instances=4 | 9",
        "spark.master=spark://host:7077;"
            + SETTINGS_OF_GPUS
            + "spark.cores.max=8;spark.executor.cores=4 | 5",
      })
  void refusesMoreWorkersThanGpus(String settings, int workers) {
    assertRefused(() -> SparkDevices.requireEnough(conf(settings), workers), "TOO_FEW_GPUS");
  }

  private static SparkConf conf(String settings) {
    SparkConf conf = new SparkConf(false);
    for (String setting : settings.strip().split(";", -1)) {
      if (setting.isEmpty()) {
        continue;
      }
      String[] parts = setting.split("=", 2);
      conf.set(parts[0], parts[1]);
    }
    return conf;
  }
}
