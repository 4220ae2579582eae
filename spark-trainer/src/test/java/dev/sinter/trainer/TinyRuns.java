package dev.sinter.trainer;

import dev.sinter.dataset.DatasetManifest;
import dev.sinter.dataset.DatasetPreparation;
import dev.sinter.dataset.PrepareRequest;
import dev.sinter.dataset.Task;
import dev.sinter.trainer.config.ConfigFile;
import dev.sinter.trainer.config.RunConfig;
import dev.sinter.trainer.data.LanePlan;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;

/** Runs that take seconds: a dataset under a folder, and configurations that train on it. */
public final class TinyRuns {
  private static final String CLASSIFICATION =
      """
      data: {task: classification}
      model: {name: resnet18, options: {stem: small}}
      train: {epochs: 2, lanes: 4, micro-batch-size: 2, seed: 5}
      optimizer: {name: sgd, learning-rate: 0.02, weight-decay: 0.001}
      engine: {precision: fp32}
      cluster: {workers: 2, timeout-seconds: 60}
      """;
  private static final String SEGMENTATION =
      """
      data: {task: segmentation}
      model: {name: unet, options: {depth: 2, width: 4}}
      train: {epochs: 2, lanes: 4, micro-batch-size: 2, seed: 5}
      optimizer: {name: adamw, learning-rate: 0.01, weight-decay: 0.01}
      engine: {precision: fp32}
      cluster: {workers: 2, timeout-seconds: 60}
      """;

  private final Path folder;
  private final Task task;

  private TinyRuns(Path folder, Task task) {
    this.folder = folder;
    this.task = task;
  }

  /** Prepares 48 images of 16x16 in two classes; 32 of them are for training. */
  public static TinyRuns classification(SparkSession spark, Path folder) throws IOException {
    TinyCollections.classes(folder.resolve("collection"), 24, 16);
    TinyRuns runs = new TinyRuns(folder, Task.CLASSIFICATION);
    runs.prepare(spark);
    return runs;
  }

  /** Prepares 24 volumes of 2 slices of 16x16 with a mask. */
  public static TinyRuns segmentation(SparkSession spark, Path folder) throws IOException {
    TinyCollections.volumes(folder.resolve("collection"), 24, 16, 2);
    TinyRuns runs = new TinyRuns(folder, Task.SEGMENTATION);
    runs.prepare(spark);
    return runs;
  }

  private void prepare(SparkSession spark) {
    DatasetPreparation.run(spark, PrepareRequest.of(collection(), dataset(), task));
  }

  /** The images. */
  public String collection() {
    return folder.resolve("collection").toString();
  }

  /** The shards. */
  public String dataset() {
    return folder.resolve("dataset").toString();
  }

  /** The folder of a run. */
  public Path output(String name) {
    return folder.resolve("runs").resolve(name);
  }

  /** Global steps of a run. */
  public long steps(RunConfig run) {
    DatasetManifest manifest =
        DatasetManifest.read(new org.apache.hadoop.fs.Path(dataset()), new Configuration());
    LanePlan lanes =
        new LanePlan(
            (int) manifest.splits().get("train").samples(),
            run.train().lanes(),
            run.train().microBatchSize());
    return (long) lanes.stepsPerEpoch() * run.train().epochs();
  }

  /**
   * A configuration.
   *
   * @param name of the run's folder
   * @param overrides {@code key=value}
   */
  public RunConfig config(String name, String... overrides) {
    Map<String, String> keys = new LinkedHashMap<>();
    keys.put("data.output", dataset());
    keys.put("train.output", output(name).toString());
    for (String override : overrides) {
      String[] parts = override.split("=", 2);
      keys.put(parts[0], parts[1]);
    }
    String yaml = task == Task.CLASSIFICATION ? CLASSIFICATION : SEGMENTATION;
    return ConfigFile.parse(yaml, keys, name);
  }
}
