package dev.sinter.trainer.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sinter.error.SinterException;
import dev.sinter.trainer.TinyRuns;
import dev.sinter.trainer.checkpoint.CheckpointManifest.EpochRecord;
import dev.sinter.trainer.config.RunConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** HDFS goes away while a run writes its checkpoints there. */
@Timeout(value = 240, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class StorageOutageTest {
  @TempDir static Path folder;
  private static MiniDFSCluster hdfs;
  private static SparkSession spark;
  private static TinyRuns runs;
  private static String undisturbed;
  private static String uri;

  @BeforeAll
  static void start() throws Exception {
    Configuration configuration = new Configuration();
    configuration.set(MiniDFSCluster.HDFS_MINIDFS_BASEDIR, folder.resolve("hdfs").toString());
    configuration.set("dfs.replication", "1");
    hdfs = new MiniDFSCluster.Builder(configuration).numDataNodes(1).build();
    hdfs.waitActive();
    uri = hdfs.getURI().toString();
    spark =
        SparkSession.builder()
            .master("local[2]")
            .config("spark.ui.enabled", "false")
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.stage.maxConsecutiveAttempts", "100")
            .config("spark.hadoop.dfs.replication", "1")
            .config("spark.hadoop.ipc.client.connect.max.retries", "1")
            .getOrCreate();
    runs = TinyRuns.segmentation(spark, folder);
    undisturbed = ReferenceRun.parametersSha256(runs.config("reference", "train.epochs=4"), folder);
  }

  @AfterAll
  static void stop() {
    spark.stop();
    hdfs.shutdown();
  }

  private static RunConfig config(String name) {
    return config(name, 60);
  }

  private static RunConfig config(String name, int timeoutSeconds) {
    return runs.config(
        name,
        "train.epochs=4",
        "train.output=" + uri + "/" + name,
        "cluster.timeout-seconds=" + timeoutSeconds);
  }

  private static TrainingResult train(RunConfig run, TrainingListener listener) {
    return new TrainingJob(spark, run, Map.of()).run(Resume.AUTO, listener);
  }

  @Test
  void aShortOutageDoesNotChangeTheBits() throws Exception {
    Outage outage = new Outage(StorageOutageTest::bringBack);
    TrainingResult result = train(config("short"), outage);
    assertThat(outage.reasons).isEqualTo("FILE_SYSTEM_FAILURE");
    assertThat(result.parametersSha256()).isEqualTo(undisturbed);
    assertThat(result.history()).hasSize(4);
  }

  @Tag("full")
  @Test
  void aLongOutageEndsInASentenceAndTheRunGoesOnAfterIt() throws Exception {
    RunConfig run = config("long");
    SinterException failure =
        catchThrowableOfType(
            SinterException.class, () -> train(config("long", 10), new Outage(() -> {})));
    assertThat(failure.code()).isEqualTo("FILE_SYSTEM_FAILURE");
    assertThat(failure.category().exitCode()).isEqualTo(4);
    assertThat(failure).hasMessageContaining("attempts that ended before an epoch");

    bringBack();
    RecordingListener listener = new RecordingListener();
    assertThat(train(run, listener).parametersSha256()).isEqualTo(undisturbed);
    assertThat(listener.starts()).first().satisfies(step -> assertThat(step).isPositive());
  }

  private static void bringBack() {
    try {
      hdfs.restartNameNode(true);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Takes the name node away after the first epoch, and does something at the first restart. */
  private static final class Outage implements TrainingListener {
    private final Runnable atRestart;
    private String reasons = "";

    Outage(Runnable atRestart) {
      this.atRestart = atRestart;
    }

    @Override
    public void onStart(long step, long totalSteps) {
      // whenever
    }

    @Override
    public void onRestart(int attempt, SinterException failure) {
      if (reasons.isEmpty()) {
        reasons = failure.code();
        atRestart.run();
      }
    }

    @Override
    public void onStep(long step, double meanLoss) {
      // whichever
    }

    @Override
    public void onEpoch(EpochRecord epoch, int epochs, boolean best) {
      if (epoch.epoch() == 1) {
        hdfs.shutdownNameNode(0);
      }
    }
  }
}
