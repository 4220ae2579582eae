package dev.sinter.trainer.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.dataset.SampleKind;
import dev.sinter.dataset.Sampling;
import dev.sinter.dataset.TableColumns;
import dev.sinter.dataset.Transforms;
import dev.sinter.error.SinterException;
import dev.sinter.model.Skip;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigFileTest {
  private static final String SMALLEST =
      """
      data: {output: shards}
      model: {name: resnet18}
      train: {output: runs/one}
      """;

  private static final String EVERY_KEY =
      """
      data:
        input: hdfs://name/images
        output: hdfs://name/shards
        task: segmentation
        masks: hdfs://name/masks
        class-names: [background, tumour]
        size: [48, 32]
        fit: pad
        split: {train: 0.5, val: 0.25, test: 0.25, seed: 9}
        max-rejected: 0.02
        patient-pattern: 'p(\\d+)/.*'
        sample: slice
        slice-axis: 1
        neighbours: 2
        transforms:
          spacing: [3, 1.5, 1.5]
          crop: centre
          crop-size: [20, 64, 64]
          window: [40, 400]
          clip-percentiles: [0.5, 99.5]
          normalize: dataset
        table: {label: finding, patient: person, ignore: [site]}
        manifest: hdfs://name/masks.csv
        columns: {file: image, mask: mask, patient: who, split: part}
        fold: 2/5
        salt-file: hdfs://name/salt
        burned-in: warn
      model:
        name: unet
        options: {depth: 2, width: 8, norm: none}
        pretrained: weights/unet.safetensors
        skips: [{from: encoder1-pool, to: bottom-conv1, merge: concat, align: pool}]
        freeze: {until: encoder1, pattern: bottom-.*, statistics: moving}
        unfreeze: [{epoch: 2, from: bottom, learning-rate-factor: 0.5}]
      train:
        epochs: 3
        lanes: 16
        micro-batch-size: 5
        seed: -7
        output: runs/two
        loss: cross-entropy
        keep-checkpoints: 4
        on-non-finite: roll-back
        non-finite-limit: 7
        roll-back-rate: 0.25
        augment:
          flip-horizontal: true
          flip-vertical: true
          rotate-degrees: 12.5
          crop-pixels: 3
          scale: 0.25
          brightness: 0.125
          contrast: 0.5
          flip-depth: true
          quarter-turns: true
          elastic: 4
          gamma: 0.5
          noise: 0.125
          cutout: 0.25
          mixup: 0
        class-balanced: true
      optimizer:
        learning-rate-factors: {head: 4}
        name: adamw
        learning-rate: 0.5
        reference-batch: 256
        momentum: 0.75
        nesterov: false
        weight-decay: 0.0625
        clip-norm: 2.5
        ema-decay: 0.99
        schedule: {name: polynomial, warm-up-epochs: 1.5, floor: 0.25, power: 2}
      engine: {name: nd4j, precision: fp32, threads-per-lane: 2, deterministic: true}
      sync:
        strategy: parameter-averaging
        average-every-steps: 3
        compression-density: 0.25
        compression-warm-up-epochs: 0.5
      cluster: {workers: 4, timeout-seconds: 30}
      retrain:
        registry: hdfs://name/registry
        metric: dice
        margin: 0.125
        confidence: 0.9
        keep: 3
        min-new-samples: 20
      tracking:
        tensorboard: false
        mlflow-uri: https://tracking:5000/base
        mlflow-experiment: kidneys
        run-name: second
      """;

  private static RunConfig parse(String text) {
    return ConfigFile.parse(text, Map.of(), "test.yaml");
  }

  @Test
  void defaults() {
    RunConfig run = parse(SMALLEST);

    assertThat(run.data())
        .isEqualTo(
            new DataConfig(
                "",
                "shards",
                "classification",
                Optional.empty(),
                List.of(),
                Optional.empty(),
                "auto",
                new DataConfig.SplitConfig(0.7, 0.15, 0.15, 1),
                0.1,
                Optional.empty(),
                new SamplingConfig(Sampling.DEFAULT, 2),
                CollectionConfig.NONE));
    assertThat(run.model())
        .isEqualTo(
            new ModelConfig(
                "resnet18",
                Map.of(),
                Optional.empty(),
                Optional.empty(),
                List.of(),
                new FreezeConfig(
                    Optional.empty(),
                    Optional.empty(),
                    FreezeConfig.Statistics.FROZEN,
                    List.of())));
    assertThat(run.train())
        .isEqualTo(
            new TrainConfig(
                10,
                4,
                8,
                1,
                "runs/one",
                "cross-entropy",
                1,
                new TrainConfig.NonFiniteConfig("stop", 5, 0.5),
                new TrainConfig.AugmentConfig(
                    false, false, 0, 0, 0, 0, 0, false, false, 0, 0, 0, 0, 0),
                false));
    assertThat(run.optimizer())
        .isEqualTo(
            new OptimizerConfig(
                "sgd",
                0.01,
                0,
                0.9,
                true,
                0.99,
                false,
                0.001,
                0,
                0,
                0,
                new ScheduleConfig("cosine", 0, 0, 30, 0.1, 1, 0.45, 0.1),
                Map.of()));
    assertThat(run.engine()).isEqualTo(new EngineConfig("libtorch", "auto", 1, false, false));
    assertThat(run.sync()).isEqualTo(new SyncConfig("gradient-sharing", "none", 0.01, 0, 8));
    assertThat(run.cluster()).isEqualTo(new ClusterConfig(2, 120));
    assertThat(run.retrain())
        .isEqualTo(new RetrainConfig(Optional.empty(), "balanced-accuracy", 0.01, 0.95, 5, 1));
    assertThat(run.tracking())
        .isEqualTo(new TrackingConfig(true, Optional.empty(), "sinter", Optional.empty()));
  }

  @Test
  void everyKeyIsMapped() {
    RunConfig run = parse(EVERY_KEY);

    assertThat(run.data().size()).hasValueSatisfying(size -> assertThat(size).contains(48, 32));
    assertThat(run.data())
        .usingRecursiveComparison()
        .isEqualTo(
            new DataConfig(
                "hdfs://name/images",
                "hdfs://name/shards",
                "segmentation",
                Optional.of("hdfs://name/masks"),
                List.of("background", "tumour"),
                Optional.of(new int[] {48, 32}),
                "pad",
                new DataConfig.SplitConfig(0.5, 0.25, 0.25, 9),
                0.02,
                Optional.of("p(\\d+)/.*"),
                new SamplingConfig(
                    Sampling.of(SampleKind.SLICE)
                        .withNeighbours(2)
                        .withTransforms(
                            new Transforms(
                                List.of(3.0, 1.5, 1.5),
                                Transforms.Crop.CENTRE,
                                List.of(20, 64, 64),
                                List.of(40.0, 400.0),
                                List.of(0.5, 99.5),
                                Transforms.Normalize.DATASET))
                        .withTable(new TableColumns("finding", "person", List.of("site"))),
                    1),
                new CollectionConfig(
                    Optional.of("hdfs://name/masks.csv"),
                    new CollectionConfig.ColumnsConfig(
                        "image",
                        Optional.empty(),
                        List.of(),
                        Optional.of("mask"),
                        Optional.of("who"),
                        Optional.of("part")),
                    Optional.of("2/5"),
                    Optional.of("hdfs://name/salt"),
                    "warn")));
    assertThat(run.model())
        .isEqualTo(
            new ModelConfig(
                "unet",
                Map.of("depth", 2, "width", 8, "norm", "none"),
                Optional.empty(),
                Optional.of("weights/unet.safetensors"),
                List.of(
                    new Skip("encoder1-pool", "bottom-conv1", Skip.Merge.CONCAT, Skip.Align.POOL)),
                new FreezeConfig(
                    Optional.of("encoder1"),
                    Optional.of("bottom-.*"),
                    FreezeConfig.Statistics.MOVING,
                    List.of(new FreezeConfig.Unfreeze(2, "bottom", 0.5)))));
    assertThat(run.train())
        .isEqualTo(
            new TrainConfig(
                3,
                16,
                5,
                -7,
                "runs/two",
                "cross-entropy",
                4,
                new TrainConfig.NonFiniteConfig("roll-back", 7, 0.25),
                new TrainConfig.AugmentConfig(
                    true, true, 12.5, 3, 0.25, 0.125, 0.5, true, true, 4, 0.5, 0.125, 0.25, 0),
                true));
    assertThat(run.optimizer())
        .isEqualTo(
            new OptimizerConfig(
                "adamw",
                0.5,
                256,
                0.75,
                false,
                0.99,
                false,
                0.001,
                0.0625,
                2.5,
                0.99,
                new ScheduleConfig("polynomial", 1.5, 0.25, 30, 0.1, 2, 0.45, 0.1),
                Map.of("head", 4.0)));
    assertThat(run.engine()).isEqualTo(new EngineConfig("nd4j", "fp32", 2, false, true));
    assertThat(run.sync()).isEqualTo(new SyncConfig("parameter-averaging", "none", 0.25, 0.5, 3));
    assertThat(run.cluster()).isEqualTo(new ClusterConfig(4, 30));
    assertThat(run.retrain())
        .isEqualTo(
            new RetrainConfig(Optional.of("hdfs://name/registry"), "dice", 0.125, 0.9, 3, 20));
    assertThat(run.tracking())
        .isEqualTo(
            new TrackingConfig(
                false,
                Optional.of("https://tracking:5000/base"),
                "kidneys",
                Optional.of("second")));
  }

  @Test
  void theEffectiveConfigurationMeansTheSame() {
    RunConfig run = parse(EVERY_KEY);
    RunConfig again = parse(run.effectiveYaml());
    assertThat(again).usingRecursiveComparison().isEqualTo(run);
    RunConfig defaults = parse(SMALLEST);
    assertThat(parse(defaults.effectiveYaml())).isEqualTo(defaults);
    assertThat(defaults.effectiveYaml()).contains("keep-checkpoints: 1", "timeout-seconds: 120");
  }

  /** The configuration is stored with the run, and what is reported is logged. */
  @Test
  void aPasswordInTheConfigurationIsRefusedAndNotRepeated() {
    assertThatThrownBy(
            () ->
                ConfigFile.parse(
                    SMALLEST,
                    Map.of("tracking.mlflow-uri", "http://user:hunter2@host:5000"),
                    "test.yaml"))
        .hasMessageContaining("tracking.mlflow-uri: holds credentials")
        .hasMessageNotContaining("hunter2");
  }

  @Test
  void segmentationLearnsDiceByDefault() {
    assertThat(
            parse(
                    SMALLEST
                        .replace("{output: shards}", "{output: s, task: segmentation}")
                        .replace("resnet18", "unet"))
                .train()
                .loss())
        .isEqualTo("dice-cross-entropy");
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
    assertThatThrownBy(() -> ConfigFile.parse(SMALLEST, Map.of(key, value), "test.yaml"))
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
        ConfigFile.parse(SMALLEST, Map.of("sync.compression", compression), "test.yaml");
    assertThat(run.sync().compression()).isEqualTo(compression);
  }

  @Test
  void namesAllMistakesAtOnce() {
    assertThatThrownBy(
            () ->
                parse(
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
    assertThatThrownBy(() -> parse(text))
        .isInstanceOfSatisfying(
            SinterException.class,
            e -> {
              assertThat(e.code()).isEqualTo("CONFIGURATION_NOT_YAML");
              assertThat(e).hasMessageContaining(problem);
            });
  }

  @Test
  void anEmptyFileLacksWhatIsRequired() {
    assertThatThrownBy(() -> parse(""))
        .hasMessageContaining("data.output: is missing")
        .hasMessageContaining("model.name: is missing")
        .hasMessageContaining("train.output: is missing");
  }

  @Test
  void overridesWinOverTheFile(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("run.yaml"), EVERY_KEY);
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
  void readsHowLibtorchComputes() {
    RunConfig run =
        ConfigFile.parse(
            """
            data: {input: images, output: shards}
            model: {name: resnet18}
            train: {output: run}
            engine: {precision: bf16, activation-checkpointing: true}
            """,
            Map.of(),
            "test");
    assertThat(run.engine()).isEqualTo(new EngineConfig("libtorch", "bf16", 1, true, false));
    assertThat(run.withPrecision("fp32").engine().precision()).isEqualTo("fp32");
  }

  @Test
  void readsTheKeysOfOneSchedule() {
    assertThat(schedule("{name: step, step-epochs: 2.5, factor: 0.5}"))
        .isEqualTo(new ScheduleConfig("step", 0, 0, 2.5, 0.5, 1, 0.45, 0.1));
    assertThat(schedule("{name: one-cycle, rise: 0.25, start: 0.04}"))
        .isEqualTo(new ScheduleConfig("one-cycle", 0, 0, 30, 0.1, 1, 0.25, 0.04));
  }

  private static ScheduleConfig schedule(String text) {
    return parse(SMALLEST + "optimizer: {schedule: " + text + "}").optimizer().schedule();
  }

  @Test
  void readsTheKeysOfOneOptimizer() {
    OptimizerConfig rmsprop =
        parse(SMALLEST + "optimizer: {name: rmsprop, smoothing: 0.75, centered: true}").optimizer();
    assertThat(rmsprop.smoothing()).isEqualTo(0.75);
    assertThat(rmsprop.centered()).isTrue();
    assertThat(rmsprop.momentum()).isZero();
    OptimizerConfig lars =
        parse(SMALLEST + "optimizer: {name: lars, trust-coefficient: 0.5}").optimizer();
    assertThat(lars.trustCoefficient()).isEqualTo(0.5);
    assertThat(lars.momentum()).isEqualTo(0.9);
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
