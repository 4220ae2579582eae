package dev.sinter.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.trainer.config.ConfigFile;
import dev.sinter.trainer.config.RunConfig;
import dev.sinter.trainer.engine.device.SparkDevices;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Properties;
import org.apache.spark.SparkConf;
import org.apache.spark.resource.ResourceInformation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The files in {@code cluster-configs/gpu}. */
class GpuConfigsTest {
  private static final Path GPU = Path.of("../cluster-configs/gpu");
  private static final String SCRIPT = "gpu-discovery.sh";

  @TempDir Path folder;

  private static Properties properties(String file) throws IOException {
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(GPU.resolve(file))) {
      properties.load(reader); // as spark-submit does
    }
    return properties;
  }

  private static RunConfig run() throws IOException {
    return ConfigFile.parse(Files.readString(GPU.resolve("xrays.yaml")), Map.of(), "xrays.yaml");
  }

  @ParameterizedTest
  @CsvSource({"yarn", "k8s://https://host:6443"})
  void theSettingsGiveEveryWorkerOfTheRunAGpu(String master) throws IOException {
    SparkConf conf = new SparkConf(false).setMaster(master);
    properties("spark-defaults.conf")
        .forEach((key, value) -> conf.set((String) key, ((String) value).strip()));
    SparkDevices.requireUsable(conf);
    SparkDevices.requireEnough(conf, run().cluster().workers());
    int tasksByCores = conf.getInt("spark.executor.cores", 0) / conf.getInt("spark.task.cpus", 0);
    assertThat(tasksByCores).isEqualTo(conf.getInt("spark.executor.resource.gpu.amount", 0));
    assertThat(conf.get("spark.executor.resource.gpu.discoveryScript")).endsWith(SCRIPT);
  }

  @Test
  void theStandaloneWorkerOffersWhatAnExecutorAsksFor() throws IOException {
    Properties worker = properties("standalone-worker.conf");
    Properties application = properties("spark-defaults.conf");
    assertThat(worker.getProperty("spark.worker.resource.gpu.amount"))
        .isEqualTo(application.getProperty("spark.executor.resource.gpu.amount"));
    assertThat(worker.getProperty("spark.worker.resource.gpu.discoveryScript")).endsWith(SCRIPT);
  }

  @Test
  void theScriptPrintsWhatSparkReads() throws Exception {
    assertThat(discovered("echo ' 0'; echo ' 1'; echo ' 10'", ""))
        .isEqualTo(new ResourceInformation("gpu", new String[] {"0", "1", "10"}));
    assertThat(discovered("echo 5", ""))
        .isEqualTo(new ResourceInformation("gpu", new String[] {"5"}));
  }

  /** CUDA numbers the GPUs that this variable shows a process from 0. */
  @Test
  void theScriptFollowsTheVisibleDevices() throws Exception {
    assertThat(discovered("echo 0; echo 1; echo 2; echo 3", "2,GPU-5a2c"))
        .isEqualTo(new ResourceInformation("gpu", new String[] {"0", "1"}));
  }

  @Test
  void theScriptFailsWithTheDriver() throws Exception {
    Process process = script("echo 'No devices were found'; exit 6", "");
    process.getInputStream().readAllBytes();
    assertThat(process.waitFor()).isNotZero();
  }

  private ResourceInformation discovered(String nvidiaSmi, String visible) throws Exception {
    Process process = script(nvidiaSmi, visible);
    String json =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    assertThat(process.waitFor()).isZero();
    return ResourceInformation.parseJson(json);
  }

  private Process script(String nvidiaSmi, String visible) throws IOException {
    Path fake = folder.resolve("nvidia-smi");
    Files.writeString(fake, "#!/bin/sh\n" + nvidiaSmi + "\n");
    Files.setPosixFilePermissions(fake, PosixFilePermissions.fromString("rwx------"));
    ProcessBuilder builder = new ProcessBuilder(GPU.resolve(SCRIPT).toString());
    Map<String, String> environment = builder.environment();
    environment.put("PATH", folder + ":" + environment.get("PATH"));
    environment.put("CUDA_VISIBLE_DEVICES", visible);
    return builder.start();
  }
}
