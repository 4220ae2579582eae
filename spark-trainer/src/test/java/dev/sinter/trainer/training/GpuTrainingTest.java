package dev.sinter.trainer.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.dataset.DatasetManifest;
import dev.sinter.error.SinterException;
import dev.sinter.model.ModelRegistry;
import dev.sinter.model.ParameterLayout;
import dev.sinter.trainer.SparkTestClusters;
import dev.sinter.trainer.TinyRuns;
import dev.sinter.trainer.config.RunConfig;
import dev.sinter.trainer.engine.libtorch.RecordingDevices;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs on executors to which Spark assigns GPUs that a script invents. Their tensors go through
 * devices that compute with the processor.
 */
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class GpuTrainingTest {
  private static final int EPOCHS = 2;
  private static final int STEPS = 8;
  private static final int LANES_PER_WORKER = 2;

  @TempDir Path folder;
  private RecordingDevices devices;
  private SparkSession spark;

  @BeforeEach
  void makeFolder() throws IOException {
    devices = new RecordingDevices(Files.createDirectory(folder.resolve("transfers")).toString());
  }

  @AfterEach
  void stop() {
    spark.stop();
  }

  /** Starts Spark workers that discover their GPUs with a script. */
  private TinyRuns start(int executors, int gpusEach, String... scriptLines) throws IOException {
    Path script = folder.resolve("discovery.sh");
    Files.write(script, List.of("#!/bin/sh", String.join("\n", scriptLines)));
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
    Map<String, String> gpus =
        Map.of(
            "spark.worker.resource.gpu.amount", Integer.toString(gpusEach),
            "spark.worker.resource.gpu.discoveryScript", script.toString(),
            "spark.executor.resource.gpu.amount", Integer.toString(gpusEach),
            "spark.task.resource.gpu.amount", "1");
    spark =
        SparkSession.builder()
            .config(SparkTestClusters.conf("gpus", executors, gpusEach, gpus))
            .getOrCreate();
    return TinyRuns.segmentation(spark, folder.resolve("data"));
  }

  private TrainingResult train(RunConfig run) {
    return new TrainingJob(spark, run, Map.of(), devices).run(Resume.AUTO, new RecordingListener());
  }

  private void assertRefused(RunConfig run, String code) {
    assertThatThrownBy(() -> train(run))
        .isInstanceOfSatisfying(
            SinterException.class, e -> assertThat(e.code()).as(e.toString()).isEqualTo(code));
  }

  @Test
  void executorsWithAGpuEachGiveTheProcessorsBits() throws Exception {
    // Each Spark worker asks once: the first is told 0, the second 1.
    String taken = folder.resolve("taken").toString();
    TinyRuns runs =
        start(
            2,
            1,
            "mkdir '" + taken + "' 2>/dev/null && gpu=0 || gpu=1",
            "echo '{\"name\":\"gpu\",\"addresses\":[\"'$gpu'\"]}'");
    RunConfig run = runs.config("gpus", "train.augment={flip-horizontal: true}");

    TrainingResult result = train(run);

    assertThat(result.parametersSha256()).isEqualTo(ReferenceRun.parametersSha256(run, folder));
    assertThat(result.steps()).isEqualTo(STEPS);
    List<RecordingDevices.Log> logs = devices.logs();
    assertThat(logs).extracting(RecordingDevices.Log::device).containsExactlyInAnyOrder(0, 1);
    assertThat(logs).extracting(RecordingDevices.Log::process).doesNotHaveDuplicates();
    long vectorBytes = 4L * parameters(run);
    for (RecordingDevices.Log log : logs) {
      // The parameters once for each step, whatever the lanes, and once for each validation.
      assertThat(log.transfers())
          .filteredOn(transfer -> transfer.equals("TO_DEVICE " + vectorBytes))
          .hasSize(STEPS + EPOCHS);
      assertThat(log.transfers())
          .filteredOn(transfer -> transfer.equals("TO_HOST " + vectorBytes))
          .hasSize(STEPS * LANES_PER_WORKER);
    }
    assertRefused(
        runs.config("many", "cluster.workers=4", "cluster.timeout-seconds=2"), "TOO_FEW_GPUS");
  }

  private static long parameters(RunConfig run) {
    var dataset =
        DatasetManifest.read(
            new org.apache.hadoop.fs.Path(run.data().output()), new Configuration());
    var spec = TrainingSettings.model(run, dataset);
    return ParameterLayout.of(ModelRegistry.configuration(spec)).length();
  }

  @Test
  void workersOfOneProcessComputeOnTheirOwnGpus() throws Exception {
    TinyRuns runs = start(1, 2, "echo '{\"name\":\"gpu\",\"addresses\":[\"0\",\"1\"]}'");
    RunConfig run = runs.config("gpus");

    assertThat(train(run).parametersSha256()).isEqualTo(ReferenceRun.parametersSha256(run, folder));

    List<RecordingDevices.Log> logs = devices.logs();
    assertThat(logs).extracting(RecordingDevices.Log::device).containsExactlyInAnyOrder(0, 1);
    assertThat(logs).extracting(RecordingDevices.Log::process).containsOnly(logs.get(0).process());
    // Without these devices, this build has none.
    assertThatThrownBy(
            () ->
                new TrainingJob(spark, runs.config("installed"), Map.of())
                    .run(Resume.AUTO, new RecordingListener()))
        .isInstanceOfSatisfying(
            SinterException.class, e -> assertThat(e.code()).isEqualTo("GPU_LIBRARY_MISSING"));
  }

  @Test
  void refusesExecutorsThatWereGivenTheSameGpu() throws Exception {
    TinyRuns runs = start(2, 1, "echo '{\"name\":\"gpu\",\"addresses\":[\"0\"]}'");
    assertRefused(runs.config("shared"), "GPU_SHARED");
    assertThat(devices.logs()).isEmpty();
  }
}
