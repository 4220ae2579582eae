package dev.sinter.trainer.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.error.SinterException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How a run's file is read, and what is said of mistakes in it. */
class ConfigFileTest {
  /** The configuration is stored with the run, and what is reported is logged. */
  @Test
  void aPasswordInTheConfigurationIsRefusedAndNotRepeated() {
    assertThatThrownBy(
            () ->
                ConfigFile.parse(
                    ConfigKeysTest.SMALLEST,
                    Map.of("tracking.mlflow-uri", "http://user:hunter2@host:5000"),
                    "test.yaml"))
        .hasMessageContaining("tracking.mlflow-uri: holds credentials")
        .hasMessageNotContaining("hunter2");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "train.epoch | 3 | train.epoch: is not a key here; did you mean 'epochs'?",
        "trian.epochs | 3 | trian: is not a key here; did you mean 'train'?",
        "cluster.gpus-for-everyone | 3 | cluster.gpus-for-everyone: is not a key here; known are workers, timeout-seconds",
        "train.epochs | 0 | train.epochs: 0 is not within 1 to 1000000",
        "train.epochs | many | train.epochs: 'many' is not a whole number",
        "train.epochs | 1.5 | train.epochs: 1.5 is not a whole number",
        "train.lanes | 6 | train.lanes: 6 is not a power of two; the nearest are 4 and 8",
        "retrain.metric | dice | retrain.metric: 'dice' is not one of balanced-accuracy, auroc, accuracy",
        "retrain.confidence | 1 | retrain.confidence: 1 is not within 0.5 to 0.9999",
        "retrain.keep | 0 | retrain.keep: 0 is not within 1 to 1000000",
        "cluster.workers | 5 | cluster.workers: 5 is more than train.lanes (4): each needs one",
        "optimizer.nesterov | maybe | optimizer.nesterov: 'maybe' is neither true nor false",
        "optimizer.name | sgdd | optimizer.name: 'sgdd' is not one of sgd, adam, adamw, lamb, lars, rmsprop",
        "optimizer.learning-rate | 1e30 | optimizer.learning-rate: 1.0E30 is not within 0.0 to 1000.0",
        "optimizer.smoothing | 0.9 | optimizer.smoothing: has an effect only with optimizer.name: rmsprop",
        "optimizer.centered | true | optimizer.centered: has an effect only with optimizer.name: rmsprop",
        "optimizer.trust-coefficient | 0.01 | optimizer.trust-coefficient: has an effect only with optimizer.name: lars",
        "optimizer.schedule.power | 2 | optimizer.schedule.power: has an effect only with optimizer.schedule.name: polynomial",
        "optimizer.schedule.factor | 0.5 | optimizer.schedule.factor: has an effect only with optimizer.schedule.name: step",
        "optimizer.schedule.rise | 0.3 | optimizer.schedule.rise: has an effect only with optimizer.schedule.name: one-cycle",
        "optimizer.schedule | {name: one-cycle, rise: 0.6} | optimizer.schedule.rise: 0.6 is not within 0.01 to 0.5",
        "optimizer.schedule | {name: one-cycle, warm-up-epochs: 1} | optimizer.schedule.warm-up-epochs: one-cycle rises by itself; set 0, and optimizer.schedule.rise",
        "optimizer.schedule | {name: linear} | optimizer.schedule.name: 'linear' is not one of constant, step, cosine, polynomial, one-cycle",
        "optimizer.ema-decay | 1 | optimizer.ema-decay: 1 is not within 0.0 to 0.999999",
        "optimizer.reference-batch | -1 | optimizer.reference-batch: -1 is not within 0 to 1000000000",
        "sync.compression | zip | sync.compression: 'zip' is not one of none, fp16, bf16, threshold, top-k",
        "sync.compression-density | 0 | sync.compression-density: 0 is not within 1.0E-6 to 1.0",
        "tracking.mlflow-uri | file:///tmp/mlruns | tracking.mlflow-uri: is not an http: or https: URI of a tracking server",
        "tracking.mlflow-experiment | ' ' | tracking.mlflow-experiment: ' ' is empty",
        "sync | {strategy: parameter-averaging, compression: bf16} | sync.compression: 'bf16' is for gradient-sharing; with parameter-averaging use none",
        "data.size | [64] | data.size: [64] is not [height, width], each within 1 to 16384",
        "data | {output: shards, sample: row, size: [8, 8]} | data.size: has no effect with data.sample: row",
        "data.sample | cube | data.sample: 'cube' is not one of auto, image, slice, volume, patch, sequence, row",
        "data.sample | patch | data.sample: the patch is []",
        "data.patch.size | [8, 8] | data.patch.size: [8,8] is not [slices, rows, columns], each within 1.0 to 4096.0",
        "data.transforms | {crop: centre} | data.transforms.crop: the crop is CENTRE with size []",
        "data.transforms | {spacing: [1, 1, 0]} | data.transforms.spacing",
        "data.table.labl | x | data.table.labl: is not a key here; did you mean 'label'?",
        "train | {augment: {mixup: 0.2}, micro-batch-size: 1, output: o} | train.augment.mixup: mixes the samples of a micro-batch",
        "data.split.train | 0.9 | data.split.train: train + val + test is 1.2, not 1",
        "train.loss | dice-cross-entropy | train.loss: 'dice-cross-entropy' is not one of cross-entropy",
        "model.name | unet3d | model.name: unet3d takes volumes (channels x depth x height x width), but data.sample is auto; it is fed with volume or patch",
        "model.options | 3 | model.options: 3 is not a group of keys",
        "model.options.depth | [1] | model.options.depth: [1] is not a string, number or boolean",
        "train | 3 | train: 3 is not a group of keys",
        "model.configuration | net.json | model.name: is registered; give the network of model.configuration another name",
        "model | {name: own, configuration: net.json, options: {stem: small}} | model.options: are for registered networks",
        "model | {name: own, configuration: net.json, skips: [{from: a, to: b}]} | model.skips: are for registered networks",
        "model.name | null | model.name: is missing; give a name that `sinter models` lists"
      })
  void explainsAMistake(String key, String value, String problem) {
    assertThatThrownBy(
            () -> ConfigFile.parse(ConfigKeysTest.SMALLEST, Map.of(key, value), "test.yaml"))
        .isInstanceOfSatisfying(
            SinterException.class,
            e -> {
              assertThat(e.code()).isEqualTo("CONFIGURATION_INVALID");
              assertThat(e.category().exitCode()).isEqualTo(2);
              assertThat(e).hasMessageContaining("test.yaml").hasMessageContaining(problem);
            });
  }

  @ParameterizedTest
  @ValueSource(strings = {"none", "fp16", "bf16", "threshold", "top-k"})
  void gradientSharingCompresses(String compression) {
    RunConfig run =
        ConfigFile.parse(
            ConfigKeysTest.SMALLEST, Map.of("sync.compression", compression), "test.yaml");
    assertThat(run.sync().compression()).isEqualTo(compression);
  }

  @Test
  void namesAllMistakesAtOnce() {
    assertThatThrownBy(
            () ->
                ConfigKeysTest.parse(
                    """
                    data: {output: shards, fit: stretch}
                    model: {name: resnet18}
                    train: {output: runs/one, lanes: 3, epohcs: 9}
                    """))
        .isInstanceOf(SinterException.class)
        .hasMessageStartingWith("test.yaml has 3 problems:")
        .hasMessageContaining("data.fit: 'stretch' is not one of auto, resize, pad")
        .hasMessageContaining("train.lanes: 3 is not a power of two; the nearest are 2 and 4")
        .hasMessageContaining("train.epohcs: is not a key here; did you mean 'epochs'?");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'train: {epochs: 3' | test.yaml is not a YAML configuration",
        "just words | its top level is not a group of keys",
        "'[1, 2]' | its top level is not a group of keys",
        "'{train: {epochs: 1, epochs: 2}}' | Duplicate field 'epochs'"
      })
  void refusesWhatIsNotYaml(String text, String problem) {
    assertThatThrownBy(() -> ConfigKeysTest.parse(text))
        .isInstanceOfSatisfying(
            SinterException.class,
            e -> {
              assertThat(e.code()).isEqualTo("CONFIGURATION_NOT_YAML");
              assertThat(e).hasMessageContaining(problem);
            });
  }

  @Test
  void anEmptyFileLacksWhatIsRequired() {
    assertThatThrownBy(() -> ConfigKeysTest.parse(""))
        .hasMessageContaining("data.output: is missing")
        .hasMessageContaining("model.name: is missing")
        .hasMessageContaining("train.output: is missing");
  }

  @Test
  void overridesWinOverTheFile(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("run.yaml"), ConfigKeysTest.EVERY_KEY);
    RunConfig run =
        ConfigFile.read(
            file,
            Map.of(
                "train.epochs", "7",
                "model.options.depth", "1",
                "data.size", "[16, 16]",
                "train.output", "s3a://bucket/run"));
    assertThat(run.train().epochs()).isEqualTo(7);
    assertThat(run.train().lanes()).isEqualTo(16);
    assertThat(run.model().options()).containsEntry("depth", 1).containsEntry("width", 8);
    assertThat(run.data().size().orElseThrow()).containsExactly(16, 16);
    assertThat(run.train().output()).isEqualTo("s3a://bucket/run");
  }

  @Test
  void aMissingFileIsNamed(@TempDir Path folder) {
    assertThatThrownBy(() -> ConfigFile.read(folder.resolve("none.yaml"), Map.of()))
        .isInstanceOfSatisfying(
            SinterException.class,
            e -> {
              assertThat(e.code()).isEqualTo("CONFIGURATION_NOT_FOUND");
              assertThat(e).hasMessageContaining(folder.resolve("none.yaml").toString());
            });
    assertThatThrownBy(() -> ConfigFile.read(folder, Map.of()))
        .isInstanceOfSatisfying(
            SinterException.class, e -> assertThat(e.code()).isEqualTo("CONFIGURATION_UNREADABLE"));
  }

  @ParameterizedTest
  @MethodSource("shippedConfigurations")
  void everyShippedConfigurationIsValid(Path file) {
    RunConfig run = ConfigFile.read(file, Map.of());
    assertThat(run.model().name()).isNotEmpty();
  }

  static List<Path> shippedConfigurations() throws IOException {
    try (Stream<Path> files = Files.walk(Path.of("..", "cluster-configs"))) {
      return files
          .filter(file -> file.toString().endsWith(".yaml"))
          .filter(file -> !file.toString().endsWith("-pod.yaml")) // they are Kubernetes' own
          .toList();
    }
  }

  @Test
  void refusesWhatNd4jHasNot() {
    assertThatThrownBy(
            () ->
                ConfigFile.parse(
                    """
                    data: {input: images, output: shards}
                    model: {name: resnet18}
                    train: {output: run}
                    engine: {name: nd4j, precision: bf16, activation-checkpointing: true}
                    """,
                    Map.of(),
                    "test"))
        .hasMessageContaining("engine.precision")
        .hasMessageContaining("engine.activation-checkpointing");
  }
}
