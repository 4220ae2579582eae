package dev.sinter.trainer.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.trainer.TinyRuns;
import dev.sinter.trainer.checkpoint.RunDirectory;
import dev.sinter.trainer.config.RunConfig;
import dev.sinter.trainer.prediction.Evaluation;
import dev.sinter.trainer.prediction.Prediction;
import dev.sinter.trainer.prediction.ShippedModel;
import dev.sinter.trainer.tracking.EventFileReader;
import dev.sinter.trainer.tracking.MlflowServerStandIn;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
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

  private static final JobDescriptions DESCRIPTIONS = new JobDescriptions();

  private static SparkSession spark;
  private static TinyRuns runs;

  @BeforeAll
  static void start() throws Exception {
    spark =
        SparkSession.builder()
            .master("local[2]")
            .config("spark.ui.enabled", "true")
            .config("spark.ui.port", "0")
            .config("spark.metrics.namespace", "sinter")
            .config(
                "spark.metrics.conf.*.sink.prometheusServlet.class",
                "org.apache.spark.metrics.sink.PrometheusServlet")
            .config("spark.metrics.conf.*.sink.prometheusServlet.path", "/metrics/prometheus")
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .getOrCreate();
    spark.sparkContext().addSparkListener(DESCRIPTIONS);
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

  /** What a person sees in the list of jobs, and what Prometheus is answered, while it trains. */
  @Test
  void sparkShowsWhatItsJobsAreFor() throws Exception {
    RunConfig run = runs.config("shown", "train.epochs=2");
    List<String> scrapes = Collections.synchronizedList(new ArrayList<>());
    TrainingResult result =
        new TrainingJob(spark, run, Map.of())
            .run(Resume.AUTO, new RecordingListener(epoch -> scrapes.add(scrape())));
    ShippedModel model =
        ShippedModel.of(RunDirectory.readModel(run.train().output(), new Configuration()));
    new Evaluation(spark, model, runs.dataset(), "test").segment();
    String predictions = runs.output("shown-predictions").toString();
    new Prediction(spark, model, runs.collection() + "/images", predictions).run();

    spark.sparkContext().listenerBus().waitUntilEmpty();
    assertThat(DESCRIPTIONS.all())
        .doesNotContain("none")
        .allMatch(one -> one.startsWith("Sinter: "));
    assertThat(DESCRIPTIONS.all())
        .contains(
            "Sinter: verify 24 sources",
            "Sinter: write shards of 24 sources",
            "Sinter: train unet",
            "Sinter: evaluate unet on the test split",
            "Sinter: predict with unet");
    assertThat(spark.sparkContext().getLocalProperty("spark.job.description")).isNull();
    assertThat(spark.sparkContext().getLocalProperty("spark.jobGroup.id")).isNull();

    String last = scrapes.get(scrapes.size() - 1);
    assertThat(sample(last, "metrics_sinter_driver_sinter_run_epoch_Value")).isEqualTo(2);
    assertThat(sample(last, "metrics_sinter_driver_sinter_run_train_loss_Value"))
        .isEqualTo(result.history().get(1).trainLoss());
    assertThat(sample(last, "metrics_sinter_driver_sinter_run_total_steps_Value"))
        .isEqualTo((double) result.steps());
    assertThat(last)
        .contains(
            "metrics_sinter_driver_sinter_run_worker_0_compute_seconds_Value",
            "metrics_sinter_driver_sinter_run_worker_1_wait_seconds_Value");
    assertThat(scrape()).as("after the run").doesNotContain("sinter_run_");
  }

  private static String scrape() {
    String ui = spark.sparkContext().uiWebUrl().get();
    String address =
        "http://127.0.0.1" + ui.substring(ui.lastIndexOf(':')) + "/metrics/prometheus/";
    try (InputStream stream = URI.create(address).toURL().openStream()) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static double sample(String scrape, String name) {
    return scrape
        .lines()
        .filter(line -> line.startsWith(name))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .findFirst()
        .orElseThrow(() -> new AssertionError(name + " is not in\n" + scrape));
  }

  @Test
  void mlflowIsToldOfTheRun() throws Exception {
    try (MlflowServerStandIn server = new MlflowServerStandIn()) {
      RunConfig run =
          runs.config(
              "told",
              "train.epochs=2",
              "tracking.run-name=second look",
              "tracking.mlflow-uri=" + server.uri());
      RecordingListener listener = new RecordingListener();
      TrainingResult result =
          new TrainingJob(spark, run, Map.of("sinter", "1")).run(Resume.AUTO, listener);
      assertThat(listener.warnings()).isEmpty();
      MlflowServerStandIn.StoredRun stored = server.runs().get(0);
      assertThat(stored.status).isEqualTo("FINISHED");
      assertThat(stored.params).containsEntry("model.name", "unet");
      assertThat(stored.tags)
          .containsEntry("mlflow.runName", "second look")
          .containsEntry("sinter.version.sinter", "1")
          .containsEntry("sinter.best-checkpoint", result.bestCheckpoint())
          .containsKey("sinter.dataset.fingerprint");
      assertThat(stored.metrics.get("validation/dice").values())
          .containsExactly(
              result.history().get(0).validationMetric(),
              result.history().get(1).validationMetric());
    }
  }

  @Test
  void aTrackingServerThatIsDownChangesNothing() throws Exception {
    String nobody;
    try (ServerSocket port = new ServerSocket(0)) {
      nobody = "http://127.0.0.1:" + port.getLocalPort();
    }
    RunConfig run = runs.config("untold", "train.epochs=2", "tracking.mlflow-uri=" + nobody);
    RecordingListener listener = new RecordingListener();
    TrainingResult result = new TrainingJob(spark, run, Map.of()).run(Resume.AUTO, listener);
    assertThat(result.parametersSha256()).isEqualTo(ReferenceRun.parametersSha256(run, folder));
    assertThat(listener.warnings()).containsExactly("MLFLOW_NOT_REACHED");
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
