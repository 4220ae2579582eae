package dev.sinter.trainer.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.trainer.TinyRuns;
import dev.sinter.trainer.config.RunConfig;
import dev.sinter.trainer.tracking.EventFileReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What runs leave for those who watch them. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class TrackedTrainingTest {
  @TempDir static Path folder;

  private static SparkSession spark;
  private static TinyRuns runs;

  @BeforeAll
  static void start() throws Exception {
    spark =
        SparkSession.builder()
            .master("local[2]")
            .config("spark.ui.enabled", "false")
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .getOrCreate();
    runs = TinyRuns.segmentation(spark, folder);
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  private static EventFileReader events(String name) throws Exception {
    return EventFileReader.read(runs.output(name).resolve("tensorboard"));
  }

  /** The driver is stopped after an epoch, as by a kill, and another one goes on. */
  @Test
  void eventFilesTellWhatTheResultTells() throws Exception {
    RunConfig run = runs.config("watched", "train.epochs=3");
    TrainingJob job = new TrainingJob(spark, run, Map.of("sinter", "1"));
    RecordingListener stopping =
        new RecordingListener(
            epoch -> {
              if (epoch == 1) {
                spark.sparkContext().cancelAllJobs();
              }
            });
    assertThatThrownBy(() -> job.run(Resume.AUTO, stopping)).hasMessageContaining("cancelled");
    TrainingResult result = job.run(Resume.AUTO, new RecordingListener());

    try (Stream<Path> files = Files.list(runs.output("watched").resolve("tensorboard"))) {
      assertThat(files).hasSize(2);
    }
    EventFileReader events = events("watched");
    int steps = (int) (result.steps() / 3);
    Map<Long, Double> losses = new TreeMap<>();
    Map<Long, Double> dice = new TreeMap<>();
    result
        .history()
        .forEach(
            epoch -> {
              losses.put((long) epoch.epoch() * steps, (double) (float) epoch.trainLoss());
              dice.put((long) epoch.epoch() * steps, (double) (float) epoch.validationMetric());
            });
    assertThat(events.scalars("train/loss")).isEqualTo(losses);
    assertThat(events.scalars("validation/dice")).isEqualTo(dice);
    assertThat(events.scalars("speed/bytes-per-step")).hasSize(3);
    assertThat(events.scalars("worker-0/compute-seconds")).hasSize(3);
    assertThat(events.scalars("worker-1/transfer-seconds")).hasSize(3);
    assertThat(events.scalars("train/step-loss")).isNotEmpty();
    assertThat(events.series().get("configuration").get(0).text().toStringUtf8())
        .contains("name: unet", "lanes: 4");
  }

  @Test
  void writesNoneWhereTheyAreTurnedOff() {
    RunConfig run = runs.config("quiet", "train.epochs=1", "tracking.tensorboard=false");
    new TrainingJob(spark, run, Map.of()).run(Resume.AUTO, new RecordingListener());
    assertThat(runs.output("quiet")).isDirectoryNotContaining("glob:**/tensorboard");
  }

  /** A file is where the folder has to be. */
  @Test
  void trainsOnWhereTheyCannotBeWritten() throws Exception {
    RunConfig run = runs.config("blocked", "train.epochs=2");
    Files.createDirectories(runs.output("blocked"));
    Files.writeString(runs.output("blocked").resolve("tensorboard"), "in the way");
    RecordingListener listener = new RecordingListener();
    TrainingResult result = new TrainingJob(spark, run, Map.of()).run(Resume.AUTO, listener);
    assertThat(result.epochs()).isEqualTo(2);
    assertThat(listener.warnings()).containsExactly("TENSORBOARD_NOT_WRITTEN");
  }
}
