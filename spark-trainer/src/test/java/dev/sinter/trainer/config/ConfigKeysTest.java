package dev.sinter.trainer.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.dataset.SampleKind;
import dev.sinter.dataset.Sampling;
import dev.sinter.dataset.TableColumns;
import dev.sinter.dataset.Transforms;
import dev.sinter.model.Skip;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Every key of a run's file, its default and what it becomes. */
class ConfigKeysTest {
  static final String SMALLEST =
      """
      data: {output: shards}
      model: {name: resnet18}
      train: {output: runs/one}
      """;

  static final String EVERY_KEY =
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

  static RunConfig parse(String text) {
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
}
