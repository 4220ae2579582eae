package dev.sinter.trainer.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.trainer.SparkTestClusters;
import dev.sinter.trainer.config.ConfigFile;
import dev.sinter.trainer.config.RunConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is wrong with the cluster itself. */
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class BrokenClusterTest {
  @TempDir Path folder;

  private void script(String name, String line) throws IOException {
    Path script = Files.write(folder.resolve(name), List.of("#!/bin/sh", line));
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
  }

  private RunConfig run(String... lines) {
    return ConfigFile.parse(
        "data: {output: %s}\nmodel: {name: resnet18}\ntrain: {output: %s}\n"
                .formatted(folder.resolve("dataset"), folder.resolve("run"))
            + String.join("\n", lines),
        Map.of(),
        "run.yaml");
  }

  @Tag("full")
  @Test
  void namesATakenPortAndAGpuThatTheEngineCannotUse() throws IOException {
    script("discovery.sh", "echo '{\"name\":\"gpu\",\"addresses\":[\"0\"]}'");
    script("nvidia-smi", "echo '0, 9.0, 80000, 81559, Test GPU'");
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Map<String, String> settings = new HashMap<>();
      settings.put("spark.sinter.exchange.port", Integer.toString(taken.getLocalPort()));
      settings.put("spark.worker.resource.gpu.amount", "1");
      settings.put(
          "spark.worker.resource.gpu.discoveryScript", folder.resolve("discovery.sh").toString());
      settings.put("spark.executor.resource.gpu.amount", "1");
      settings.put("spark.task.resource.gpu.amount", "1");
      settings.put("spark.executorEnv.PATH", folder + ":" + System.getenv("PATH"));
      settings.put("spark.executorEnv.OMP_NUM_THREADS", "7");
      try (SparkSession spark =
          SparkSession.builder()
              .config(SparkTestClusters.conf("broken", 1, 1, settings))
              .getOrCreate()) {
        Findings findings =
            Findings.of(spark, Optional.of(run("engine: {name: nd4j}", "cluster: {workers: 1}")));

        findings.assertLine(
            "exchange",
            Outcome.FAILURE,
            "spark.sinter.exchange.port " + taken.getLocalPort() + " cannot be opened",
            "set spark.sinter.exchange.port to a free port");
        findings.assertLine(
            "gpus",
            Outcome.FAILURE,
            "GPU 0 (Test GPU) has compute capability 9.0",
            "engine.name: libtorch in a build with -Pgpu");
        findings.assertLine(
            "threads",
            Outcome.WARNING,
            "OMP_NUM_THREADS is 7",
            "spark.executorEnv.OMP_NUM_THREADS=1");
        findings.assertLine("authentication", Outcome.WARNING, "off", "spark.authenticate=true");
        assertThat(findings.named(Outcome.FAILURE)).containsExactly("gpus", "exchange");
        assertThat(findings.diagnosis().exitCode()).isEqualTo(4);
      }
    }
  }

  @Test
  void aContainerAllowsWhatItsOverheadSays() {
    SparkConf conf = new SparkConf(false).set("spark.master", "yarn");
    assertThat(MemoryCheck.overhead(conf)).hasValue(384L << 20);
    conf.set("spark.executor.memory", "20g");
    assertThat(MemoryCheck.overhead(conf)).hasValue((long) (0.1 * (20L << 30)));
    conf.set("spark.executor.memoryOverhead", "3000");
    assertThat(MemoryCheck.overhead(conf)).hasValue(3000L << 20);
    conf.set("spark.master", "spark://host:7077");
    assertThat(MemoryCheck.overhead(conf)).isEmpty();
  }
}
