package dev.sinter.trainer.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sinter.error.SinterException;
import dev.sinter.model.ParameterTensor;
import dev.sinter.trainer.SparkTestClusters;
import dev.sinter.trainer.TinyRuns;
import dev.sinter.trainer.checkpoint.RunDirectory;
import dev.sinter.trainer.checkpoint.StoredModel;
import dev.sinter.trainer.config.RunConfig;
import dev.sinter.trainer.engine.FlatVector;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkException;
import org.apache.spark.sql.SparkSession;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole runs with frozen parts, between two executors in JVMs of their own. */
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FrozenTrainingTest {
  private static final String ENCODER = "model.freeze={until: encoder2}";
  private static final String[] STAGED = {
    "train.epochs=3",
    "model.freeze={until: bottom}",
    "model.unfreeze=[{epoch: 2, from: encoder2, learning-rate-factor: 0.5}]",
    "optimizer.learning-rate-factors={decoder1: 0.3, encoder2-conv2: 2}"
  };

  @TempDir static Path folder;

  private static SparkSession spark;
  private static TinyRuns runs;

  @BeforeAll
  static void start() throws Exception {
    spark =
        SparkSession.builder()
            .config(SparkTestClusters.conf("frozen", 2, 1, Map.of()))
            .getOrCreate();
    runs = TinyRuns.segmentation(spark, folder);
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  private static TrainingResult train(RunConfig run, TrainingListener listener) {
    return new TrainingJob(spark, run, Map.of("sinter", "test")).run(Resume.AUTO, listener);
  }

  private static TrainingResult train(RunConfig run) {
    return train(run, new RecordingListener());
  }

  private static RunConfig config(String name, String[] first, String... more) {
    List<String> all = new ArrayList<>(Arrays.asList(first));
    all.addAll(Arrays.asList(more));
    return runs.config(name, all.toArray(String[]::new));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sync.compression=none",
        "sync.compression=fp16",
        "sync.compression=bf16",
        "sync.compression=threshold optimizer.name=sgd sync.compression-density=0.1",
        "sync.compression=top-k optimizer.name=sgd sync.compression-density=0.1",
        "sync.strategy=parameter-averaging",
        "optimizer.ema-decay=0.9"
      })
  void theFrozenKeepTheirBitsAndTheRestMoves(String strategy) {
    String[] keys = strategy.split(" ", -1);
    String name = "kept-" + keys[0].replaceAll("[^a-z0-9]", "-");

    TrainingResult result =
        train(config(name, keys, "train.epochs=1", ENCODER, "engine.name=libtorch"));

    for (Tensor tensor : tensors(result)) {
      boolean frozen = tensor.of().vertex().startsWith("encoder");
      assertThat(Arrays.equals(tensor.before(), tensor.after()))
          .as(tensor.of().name())
          .isEqualTo(frozen);
    }
  }

  @Test
  void statisticsOfTheFrozenMoveWhenTold() {
    TrainingResult result =
        train(
            runs.config(
                "moving", "train.epochs=1", "model.freeze={until: encoder2, statistics: moving}"));
    for (Tensor tensor : tensors(result)) {
      boolean frozen = tensor.of().vertex().startsWith("encoder") && tensor.of().isTrained();
      assertThat(Arrays.equals(tensor.before(), tensor.after()))
          .as(tensor.of().name())
          .isEqualTo(frozen);
    }
  }

  @Test
  void unfreezesAtAnEpochAsOneProcessDoes() throws Exception {
    RunConfig run = config("staged", STAGED);

    TrainingResult result = train(run);

    assertThat(result.parametersSha256()).isEqualTo(ReferenceRun.parametersSha256(run, folder));
    List<Long> bytes = result.history().stream().map(result::bytesPerStepOf).toList();
    assertThat(bytes.get(1)).isGreaterThan(bytes.get(0)).isEqualTo(bytes.get(2));
    for (Tensor tensor : tensors(result)) {
      assertThat(Arrays.equals(tensor.before(), tensor.after()))
          .as(tensor.of().name())
          .isEqualTo(tensor.of().vertex().startsWith("encoder1"));
    }
  }

  /** For a later run: this one has seen that the folder is shared before it goes on. */
  @Test
  void theConfigurationInTheFolderMayBeEditedMeanwhile() throws Exception {
    RunConfig run =
        config("edited", STAGED, "train.epochs=4", "model.unfreeze=[{epoch: 4, from: encoder2}]");
    Path file = runs.output("edited").resolve(RunDirectory.CONFIGURATION);
    RecordingListener listener =
        new RecordingListener(
            epoch -> {
              if (epoch == 1) {
                write(file, "edited: true\n");
              }
            });

    TrainingResult result = train(run, listener);

    assertThat(result.history()).hasSize(4);
    assertThat(listener.restarts()).isEmpty();
    assertThat(file).hasContent("edited: true");
  }

  private static void write(Path file, String text) {
    try {
      Files.deleteIfExists(file.resolveSibling("." + file.getFileName() + ".crc"));
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void goesOnAfterAnUnfreezingOnAnotherNumberOfWorkers() throws Exception {
    RunConfig two = config("workers", STAGED);
    interruptAfterEpoch(1, two);
    RunConfig one = config("workers", STAGED, "cluster.workers=1");
    interruptAfterEpoch(2, one);
    RecordingListener listener = new RecordingListener();

    TrainingResult result = train(two, listener);

    assertThat(listener.starts().get(0)).isPositive();
    assertThat(result.parametersSha256()).isEqualTo(ReferenceRun.parametersSha256(two, folder));
  }

  /** With what is unsent, or an average of the weights, in the checkpoints. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "sync.compression=top-k optimizer.name=sgd sync.compression-density=0.1",
        "sync.strategy=parameter-averaging optimizer.ema-decay=0.9"
      })
  void goesOnAfterAnUnfreezingUnderEveryStrategy(String strategy) {
    String[] keys = strategy.split(" ", -1);
    String name = keys[0].replaceAll("[^a-z0-9]", "-");
    TrainingResult whole = train(config(name + "-whole", STAGED, keys));
    RunConfig parts = config(name + "-parts", STAGED, keys);
    interruptAfterEpoch(1, parts);
    RecordingListener listener = new RecordingListener();

    TrainingResult result = train(parts, listener);

    assertThat(listener.starts().get(0)).isPositive();
    assertThat(result.parametersSha256()).isEqualTo(whole.parametersSha256());
  }

  @Test
  void ratesOfPartsAreThoseOfOneProcess() throws Exception {
    RunConfig run =
        runs.config(
            "rates", "train.epochs=1", "optimizer.learning-rate-factors={encoder1: 0.1, head: 3}");
    assertThat(train(run).parametersSha256())
        .isEqualTo(ReferenceRun.parametersSha256(run, folder))
        .isNotEqualTo(
            ReferenceRun.parametersSha256(runs.config("plain", "train.epochs=1"), folder));
  }

  @Test
  void theMastersOfDl4jRefuseIt() {
    RunConfig run =
        runs.config(
            "masters",
            "sync.strategy=dl4j-parameter-averaging",
            "optimizer.learning-rate-factors={head: 2}",
            ENCODER);
    SinterException refusal = catchThrowableOfType(SinterException.class, () -> train(run));
    assertThat(refusal.code()).isEqualTo("DL4J_BASELINE_UNSUPPORTED");
    assertThat(refusal)
        .hasMessageContaining("model.freeze")
        .hasMessageContaining("optimizer.learning-rate-factors");
  }

  /** A branch that is new, before frozen parts learn again. */
  @Test
  void skipsTrainBesideFrozenPartsAndAreInTheCheckpoint() throws Exception {
    RunConfig run =
        runs.config(
            "skips",
            "train.epochs=1",
            ENCODER,
            "model.skips=[{from: bottom-relu2, to: decoder1-conv1, align: transpose}]");

    TrainingResult result = train(run);

    assertThat(result.parametersSha256()).isEqualTo(ReferenceRun.parametersSha256(run, folder));
    StoredModel model = RunDirectory.readModel(result.checkpoint(), new Configuration());
    model.parameters().close();
    assertThat(model.manifest().model().skips()).isEqualTo(run.model().skips()).hasSize(1);
    String branch = "decoder1-conv1-skip-bottom-relu2-transpose";
    assertThat(tensors(result))
        .filteredOn(tensor -> tensor.of().vertex().equals(branch))
        .hasSize(1)
        .allSatisfy(tensor -> assertThat(tensor.before()).containsOnly(0))
        .allSatisfy(tensor -> assertThat(tensor.after()).doesNotContain(0));
  }

  private static void interruptAfterEpoch(int last, RunConfig run) {
    RecordingListener listener =
        new RecordingListener(
            epoch -> {
              if (epoch == last) {
                spark.sparkContext().cancelAllJobs();
              }
            });
    assertThatThrownBy(() -> train(run, listener)).hasRootCauseInstanceOf(SparkException.class);
  }

  /** A tensor of the first and of the last step. */
  private record Tensor(ParameterTensor of, float[] before, float[] after) {}

  private static List<Tensor> tensors(TrainingResult result) {
    StoredModel model = RunDirectory.readModel(result.checkpoint(), new Configuration());
    ComputationGraph initial =
        new ComputationGraph(ComputationGraphConfiguration.fromJson(model.configurationJson()));
    initial.init();
    float[] before = initial.params().data().asFloat();
    List<Tensor> tensors = new ArrayList<>();
    try (FlatVector parameters = model.parameters()) {
      float[] after = new float[before.length];
      parameters.floats().get(after);
      for (ParameterTensor tensor : model.network().layout().tensors()) {
        int from = (int) tensor.offset();
        int to = (int) (from + tensor.length());
        tensors.add(
            new Tensor(
                tensor, Arrays.copyOfRange(before, from, to), Arrays.copyOfRange(after, from, to)));
      }
    }
    return tensors;
  }
}
