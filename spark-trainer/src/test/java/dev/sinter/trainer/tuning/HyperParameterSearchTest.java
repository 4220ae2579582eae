package dev.sinter.trainer.tuning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.error.SinterException;
import dev.sinter.trainer.TinyRuns;
import dev.sinter.trainer.checkpoint.CheckpointManifest.EpochRecord;
import dev.sinter.trainer.checkpoint.Checkpoints;
import dev.sinter.trainer.checkpoint.RunDirectory;
import dev.sinter.trainer.config.ConfigFile;
import dev.sinter.trainer.config.RunConfig;
import dev.sinter.trainer.config.TuneFile;
import dev.sinter.trainer.training.Resume;
import dev.sinter.trainer.training.TrainingJob;
import dev.sinter.trainer.training.TrainingListener;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HyperParameterSearchTest {
  @TempDir static Path folder;

  private static final Jobs JOBS = new Jobs();
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
    spark.sparkContext().addSparkListener(JOBS);
    runs = TinyRuns.segmentation(spark, folder);
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  private static TuneFile file(String name, String tune, String... more) {
    List<String> keys =
        new ArrayList<>(
            List.of("train.epochs=4", "cluster.workers=1", "tracking.tensorboard=false"));
    keys.addAll(List.of(more));
    RunConfig base = runs.config(name, keys.toArray(String[]::new));
    return ConfigFile.parseTune(base.effectiveYaml() + "tune:\n" + tune, Map.of(), name);
  }

  private static final String FOUR_TRIALS =
      """
        {trials: 4, parallel: 2, eta: 2, seed: %d,
         parameters: {optimizer.learning-rate: {log-range: [0.0001, 0.05]}, train.micro-batch-size: [1, 2]}}
      """;

  private static SearchResult search(TuneFile file, SearchListener listener) {
    return new HyperParameterSearch(spark, file, Map.of(), listener).run();
  }

  /** Killed in its first rung, and started again: no trial trains an epoch twice. */
  @Test
  void findsTheBestTrialAndGoesOnAfterAKill() throws Exception {
    spark.sparkContext().listenerBus().waitUntilEmpty();
    final long jobsBefore = JOBS.named("Sinter: train unet");
    TuneFile file = file("search", FOUR_TRIALS.formatted(3));
    Recorded killed =
        new Recorded() {
          @Override
          public void onTrial(TrialResult result) {
            super.onTrial(result);
            if (trials.size() == 2) {
              throw new IllegalStateException("killed");
            }
          }
        };
    assertThatThrownBy(() -> search(file, killed)).hasMessage("killed");
    Recorded listener = new Recorded();
    SearchResult result = search(file, listener);

    assertThat(listener.rungs)
        .containsExactly("4 to 1, 2 at a time", "2 to 2, 2 at a time", "1 to 4, 1 at a time");
    assertThat(result.rungs().stream().map(SearchResult.RungSummary::epochs))
        .containsExactly(1, 2, 4);
    assertThat(result.trials()).hasSize(4);
    assertThat(result.trials().stream().map(TrialResult::epochs)).containsExactly(4, 2, 1, 1);

    List<TrialResult> first = listener.trials.stream().filter(one -> one.epochs() == 1).toList();
    List<Integer> best =
        first.stream()
            .sorted(TrialResult.bestFirst("metric"))
            .limit(2)
            .map(TrialResult::trial)
            .sorted()
            .toList();
    assertThat(result.rungs().get(1).trials()).isEqualTo(best);
    double worst =
        first.stream()
            .filter(one -> best.contains(one.trial()))
            .mapToDouble(TrialResult::metric)
            .min()
            .orElseThrow();
    assertThat(first)
        .filteredOn(one -> !best.contains(one.trial()))
        .hasSize(2)
        .allMatch(one -> one.metric() <= worst);

    spark.sparkContext().listenerBus().waitUntilEmpty();
    assertThat(JOBS.named("Sinter: train unet") - jobsBefore)
        .as("4 trials, 2 of them on, 1 to the end")
        .isEqualTo(7);
    assertThat(JOBS.named("test split")).isZero();

    // A run that never stopped, nor shared the machine, ends with the same bits.
    RunConfig bestRun =
        ConfigFile.read(Path.of(java.net.URI.create(result.configuration()).getPath()), Map.of());
    List<EpochRecord> history =
        new Checkpoints(RunDirectory.open(result.best().run(), new Configuration()), "", 0)
            .newestManifest()
            .orElseThrow()
            .history();
    assertThat(result.best().metric()).isEqualTo(history.get(3).validationMetric());
    RunConfig alone =
        ConfigFile.parse(
            bestRun.effectiveYaml(),
            Map.of("train.output", runs.output("alone").toString()),
            "alone");
    String undisturbed =
        new TrainingJob(spark, alone, Map.of()).run(Resume.AUTO, new Silent()).parametersSha256();
    assertThat(
            new TrainingJob(spark, bestRun, Map.of())
                .run(Resume.AUTO, new Silent())
                .parametersSha256())
        .isEqualTo(undisturbed);

    assertThatThrownBy(() -> search(file("search", FOUR_TRIALS.formatted(4)), new Recorded()))
        .isInstanceOfSatisfying(
            SinterException.class, e -> assertThat(e.code()).isEqualTo("TUNE_MISMATCH"));
  }

  /** One of two rates lets the weights overflow. */
  @Test
  void aTrialThatDivergesIsTheWorst() {
    TuneFile file =
        file(
            "diverging",
            """
              {trials: 4, eta: 4, min-epochs: 3, seed: 1,
               parameters: {optimizer.name: [sgd], optimizer.learning-rate: [0.001, 1000], train.seed: [5, 6]}}
            """,
            "model.options={depth: 2, width: 4, norm: none}",
            "optimizer.weight-decay=10",
            "optimizer.schedule.name=constant");
    SearchResult result = search(file, new Recorded());
    assertThat(result.best().parameters()).containsEntry("optimizer.learning-rate", "0.001");
    assertThat(result.best().epochs()).isEqualTo(4);
    assertThat(result.trials().get(3).parameters())
        .containsEntry("optimizer.learning-rate", "1000");
    assertThat(result.trials().get(3).error()).isEqualTo("LOSS_NOT_FINITE");
  }

  /** Six slots would be needed for two trials at a time, and there are two. */
  @Test
  void trainsFewerAtOnceWhereSlotsDoNotSuffice() {
    RunConfig base =
        runs.config("narrow", "train.epochs=1", "cluster.workers=2", "tracking.tensorboard=false");
    TuneFile file =
        ConfigFile.parseTune(
            base.effectiveYaml()
                + "tune: {trials: 2, parallel: 3, parameters: {optimizer.learning-rate: [0.01, 0.02]}}",
            Map.of(),
            "narrow");
    Recorded listener = new Recorded();
    search(file, listener);
    assertThat(listener.rungs).containsExactly("2 to 1, 1 at a time");
  }

  private static class Recorded implements SearchListener {
    final List<String> rungs = new ArrayList<>();
    final List<TrialResult> trials = new ArrayList<>();

    @Override
    public void onRung(int epochs, int count, int parallel) {
      rungs.add(count + " to " + epochs + ", " + parallel + " at a time");
    }

    @Override
    public void onTrial(TrialResult result) {
      trials.add(result);
    }
  }

  private static final class Silent implements TrainingListener {
    @Override
    public void onStart(long step, long totalSteps) {}

    @Override
    public void onStep(long step, double meanLoss) {}

    @Override
    public void onEpoch(EpochRecord epoch, int epochs, boolean best) {}
  }

  private static final class Jobs extends SparkListener {
    private final List<String> descriptions = Collections.synchronizedList(new ArrayList<>());

    @Override
    public void onJobStart(SparkListenerJobStart job) {
      descriptions.add(job.properties().getProperty("spark.job.description", "none"));
    }

    long named(String part) {
      return List.copyOf(descriptions).stream().filter(one -> one.contains(part)).count();
    }
  }
}
