package dev.sinter.trainer.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.dataset.DatasetManifest;
import dev.sinter.dataset.DatasetPreparation;
import dev.sinter.dataset.PrepareRequest;
import dev.sinter.dataset.Task;
import dev.sinter.trainer.HdfsProcesses;
import dev.sinter.trainer.TinyCollections;
import dev.sinter.trainer.WatchedHdfs;
import dev.sinter.trainer.config.ConfigFile;
import dev.sinter.trainer.config.RunConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * One of the two DataNodes, processes of their own, is killed while a collection becomes shards and
 * while a network is trained on them.
 */
@Tag("full")
@Timeout(value = 240, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DataNodeLossTest {
  private static final int VICTIM = 1;
  private static final int VOLUMES = 24;

  @TempDir static Path folder;
  private static HdfsProcesses hdfs;
  private static SparkSession spark;
  private static String undisturbed;
  private static Map<String, byte[]> shards;

  @BeforeAll
  static void start() throws Exception {
    hdfs = HdfsProcesses.start(folder, 2);
    SparkSession.Builder session =
        SparkSession.builder()
            .master("local[2]")
            .config("spark.ui.enabled", "false")
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.hadoop.dfs.replication", "2");
    WatchedHdfs.SETTINGS.forEach(session::config);
    spark = session.getOrCreate();
    Path local = TinyCollections.volumes(folder.resolve("collection"), VOLUMES, 16, 2);
    hdfs.files()
        .copyFromLocalFile(
            new org.apache.hadoop.fs.Path(local.toUri()),
            new org.apache.hadoop.fs.Path("/collection"));
    hdfs.awaitReplicas("/collection", 2);
    prepare("/undisturbed");
    hdfs.awaitReplicas("/undisturbed", 2);
    shards = contents("/undisturbed/shards");
    undisturbed = ReferenceRun.parametersSha256(config("reference"), folder);
  }

  @AfterAll
  static void stop() throws IOException {
    if (spark != null) {
      spark.stop();
    }
    if (hdfs != null) {
      hdfs.close();
    }
  }

  @AfterEach
  void bringBack() throws IOException {
    WatchedHdfs.watch(WatchedHdfs.Watch.NOTHING);
    hdfs.bringBack(VICTIM);
    hdfs.awaitReplicas("/", 2);
  }

  private static DatasetManifest prepare(String output) {
    return DatasetPreparation.run(
        spark,
        PrepareRequest.of(hdfs.uri() + "/collection", hdfs.uri() + output, Task.SEGMENTATION)
            .withShardBytes(4096));
  }

  private static RunConfig config(String name) {
    return ConfigFile.parse(
        """
        data: {task: segmentation}
        model: {name: unet, options: {depth: 2, width: 4}}
        train: {epochs: 4, lanes: 4, micro-batch-size: 2, seed: 5}
        optimizer: {name: adamw, learning-rate: 0.01, weight-decay: 0.01}
        engine: {precision: fp32}
        cluster: {workers: 2, timeout-seconds: 60}
        """,
        Map.of("data.output", hdfs.uri() + "/undisturbed", "train.output", hdfs.uri() + "/" + name),
        name);
  }

  private static Map<String, byte[]> contents(String below) throws IOException {
    Map<String, byte[]> contents = new TreeMap<>();
    for (FileStatus file : hdfs.files().listStatus(new org.apache.hadoop.fs.Path(below))) {
      if (file.isFile()) {
        try (FSDataInputStream in = hdfs.files().open(file.getPath())) {
          contents.put(file.getPath().getName(), in.readAllBytes());
        }
      }
    }
    return contents;
  }

  /** Kills the victim at one file, and counts those before and after it. */
  private static class Blow implements WatchedHdfs.Watch {
    private final Predicate<String> meant;
    private final int at;
    private final AtomicInteger seen = new AtomicInteger();

    Blow(Predicate<String> meant, int at) {
      this.meant = meant;
      this.at = at;
    }

    boolean fallsAt(org.apache.hadoop.fs.Path file) {
      boolean falls = meant.test(file.toUri().getPath()) && seen.incrementAndGet() == at;
      if (falls) {
        hdfs.kill(VICTIM);
      }
      return falls;
    }

    void assertThatItFellAmong(int files) {
      assertThat(seen.get()).isGreaterThan(at).isGreaterThanOrEqualTo(files);
      assertThat(hdfs.isAlive(VICTIM)).isFalse();
    }
  }

  /** At a file that has been opened. */
  private static final class BlowAtReading extends Blow {
    BlowAtReading(Predicate<String> meant, int at) {
      super(meant, at);
    }

    @Override
    public void onOpened(org.apache.hadoop.fs.Path file) {
      fallsAt(file);
    }
  }

  /** At a file that is half written, to both nodes. */
  private static final class BlowAtWriting extends Blow {
    private volatile int nodesBefore;

    BlowAtWriting(Predicate<String> meant, int at) {
      super(meant, at);
    }

    @Override
    public void onBegun(org.apache.hadoop.fs.Path file, int nodes) {
      if (fallsAt(file)) {
        nodesBefore = nodes;
      }
    }
  }

  private static void assertSameDataset(String output) throws IOException {
    assertThat(contents(output + "/shards")).hasSizeGreaterThan(4).containsExactlyEntriesOf(shards);
    for (String lines : new String[] {"sources.jsonl", "rejected.jsonl"}) {
      assertThat(contents(output).get(lines)).isEqualTo(contents("/undisturbed").get(lines));
    }
  }

  @Test
  void preparesTheSameShardsWhenItFallsWhileSourcesAreRead() throws IOException {
    BlowAtReading blow = new BlowAtReading(path -> path.startsWith("/collection/"), VOLUMES / 2);
    WatchedHdfs.watch(blow);

    prepare("/read");

    blow.assertThatItFellAmong(2 * VOLUMES);
    assertSameDataset("/read");
  }

  @Test
  void preparesTheSameShardsWhenItFallsWhileAShardIsWritten() throws IOException {
    BlowAtWriting blow =
        new BlowAtWriting(path -> path.contains("/.sinter-tmp-") && path.endsWith(".parquet"), 2);
    WatchedHdfs.watch(blow);

    prepare("/written");

    blow.assertThatItFellAmong(shards.size());
    assertThat(blow.nodesBefore).isEqualTo(2);
    assertSameDataset("/written");
  }

  @Test
  void trainsTheSameParametersWhenItFallsWhileShardsAreRead() {
    train("shards-read", new BlowAtReading(path -> path.contains("/shards/train-"), 2));
  }

  @Test
  void trainsTheSameParametersWhenItFallsWhileACheckpointIsWritten() {
    BlowAtWriting blow = new BlowAtWriting(path -> path.endsWith("model.zip"), 2);
    train("checkpoint-written", blow);
    assertThat(blow.nodesBefore).isEqualTo(2);
  }

  private static void train(String name, Blow blow) {
    WatchedHdfs.watch(blow);
    RecordingListener listener = new RecordingListener();

    TrainingResult result =
        new TrainingJob(spark, config(name), Map.of()).run(Resume.NEVER, listener);

    blow.assertThatItFellAmong(3);
    assertThat(result.parametersSha256()).isEqualTo(undisturbed);
    assertThat(listener.epochs()).containsExactly(1, 2, 3, 4);
    assertThat(listener.restarts()).isEmpty();
  }
}
