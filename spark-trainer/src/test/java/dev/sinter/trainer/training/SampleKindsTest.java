package dev.sinter.trainer.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.dataset.DatasetManifest;
import dev.sinter.dataset.DatasetPreparation;
import dev.sinter.dataset.PrepareRequest;
import dev.sinter.dataset.SampleKind;
import dev.sinter.dataset.Sampling;
import dev.sinter.dataset.TableColumns;
import dev.sinter.dataset.Task;
import dev.sinter.trainer.TinyCollections;
import dev.sinter.trainer.checkpoint.RunDirectory;
import dev.sinter.trainer.config.ConfigFile;
import dev.sinter.trainer.config.RunConfig;
import dev.sinter.trainer.prediction.Evaluation;
import dev.sinter.trainer.prediction.Prediction;
import dev.sinter.trainer.prediction.ShippedModel;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Samples that are no images, from files to predictions, on one worker and on two. */
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SampleKindsTest {
  @TempDir static Path folder;

  private static SparkSession spark;

  @BeforeAll
  static void start() {
    spark =
        SparkSession.builder()
            .master("local[2]")
            .config("spark.ui.enabled", "false")
            .config("spark.serializer", "org.apache.spark.serializer.KryoSerializer")
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .getOrCreate();
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  /** Trains on one worker and on two, and compares both with the plain loop. */
  private static ShippedModel trained(String name, String yaml) throws Exception {
    String sha = null;
    for (int workers : new int[] {1, 2}) {
      RunConfig run =
          ConfigFile.parse(
              yaml,
              Map.of(
                  "data.output",
                  folder.resolve(name + "-data").toString(),
                  "train.output",
                  output(name, workers).toString(),
                  "engine.precision",
                  "fp32",
                  "cluster",
                  "{workers: " + workers + ", timeout-seconds: 60}"),
              name);
      TrainingResult result =
          new TrainingJob(spark, run, Map.of()).run(Resume.AUTO, new RecordingListener());
      sha = sha == null ? ReferenceRun.parametersSha256(run, folder) : sha;
      assertThat(result.parametersSha256()).as("on %d workers", workers).isEqualTo(sha);
    }
    return ShippedModel.of(RunDirectory.readModel(output(name, 2).toString(), new Configuration()));
  }

  private static Path output(String name, int workers) {
    return folder.resolve(name + "-run-" + workers);
  }

  private static DatasetManifest prepare(
      String name, Path collection, Task task, Sampling sampling) {
    return DatasetPreparation.run(
        spark,
        PrepareRequest.of(collection.toString(), folder.resolve(name + "-data").toString(), task)
            .withSampling(sampling));
  }

  private static Prediction.Outcome predict(String name, ShippedModel model, Path input) {
    return new Prediction(
            spark, model, input.toString(), folder.resolve(name + "-predictions").toString())
        .run();
  }

  private static Evaluation evaluation(String name, ShippedModel model) {
    return new Evaluation(spark, model, folder.resolve(name + "-data").toString(), "test");
  }

  private static final String VOLUMES =
      """
      data: {task: segmentation, sample: %s}
      model: {name: unet3d, options: {depth: 1, width: 4}}
      train: {epochs: 6, lanes: 2, micro-batch-size: 2, seed: 5, augment: {flip-horizontal: true}}
      optimizer: {name: adamw, learning-rate: 0.02}
      """;

  @Test
  void patchesOfVolumes() throws Exception {
    Path collection = TinyCollections.volumes(folder.resolve("boxes"), 12, 12, 10);
    DatasetManifest dataset =
        prepare("patches", collection, Task.SEGMENTATION, Sampling.ofPatches(4, 8, 8, 0.25));
    assertThat(dataset.inputShape().dimensions()).containsExactly(1, 4, 8, 8);
    assertThat(dataset.splits().get("test").samples())
        .as("3 x 2 x 2 patches of each volume")
        .isEqualTo(2 * 12);

    ShippedModel model =
        trained("patches", VOLUMES.formatted("patch, patch: {size: [4, 8, 8], overlap: 0.25}"));
    Evaluation.Segmented result = evaluation("patches", model).segment();
    assertThat(result.metrics().foregroundDice()).hasSize(2);
    assertThat(result.result().dice().meanForeground()).isGreaterThan(0.8);

    assertThat(predict("patches", model, collection.resolve("images")).predicted()).isEqualTo(12);
    assertThat(agreement("patches", collection)).isGreaterThan(0.9);
  }

  @Test
  void wholeVolumes() throws Exception {
    Path collection = TinyCollections.volumes(folder.resolve("whole"), 16, 12, 6);
    Sampling sampling = Sampling.of(SampleKind.VOLUME).withDepth(8);
    DatasetManifest dataset = prepare("volumes", collection, Task.SEGMENTATION, sampling);
    assertThat(dataset.inputShape().dimensions()).containsExactly(1, 8, 16, 16);
    ShippedModel model =
        trained(
            "volumes", VOLUMES.formatted("volume, depth: 8").replace("epochs: 6", "epochs: 10"));
    assertThat(evaluation("volumes", model).segment().result().dice().meanForeground())
        .isGreaterThan(0.5);
    assertThat(predict("volumes", model, collection.resolve("images")).predicted()).isEqualTo(16);
    assertThat(agreement("volumes", collection)).isGreaterThan(0.75);
  }

  @Test
  void sequencesOfSlices() throws Exception {
    Path collection = TinyCollections.courses(folder.resolve("courses"), 20, 8, 6);
    DatasetManifest dataset =
        prepare("sequences", collection, Task.CLASSIFICATION, Sampling.of(SampleKind.SEQUENCE));
    assertThat(dataset.inputShape().dimensions()).containsExactly(64, 6);
    ShippedModel model =
        trained(
            "sequences",
            """
            data: {task: classification, sample: sequence}
            model: {name: skip-lstm, options: {depth: 2, width: 8}}
            train: {epochs: 8, lanes: 2, micro-batch-size: 2, seed: 5}
            optimizer: {name: adamw, learning-rate: 0.02}
            """);
    Evaluation.Classified result = evaluation("sequences", model).classify();
    assertThat(result.result().accuracy()).isEqualTo(1);
    assertThat(result.examples()).allMatch(example -> example.height() == 8);
    assertThat(predict("sequences", model, collection).predicted()).isEqualTo(40);
    assertThat(right("sequences", line -> line.startsWith("early") ? "early" : "late"))
        .isEqualTo(1);
  }

  @Test
  void rowsOfATable() throws Exception {
    Path table = TinyCollections.table(folder.resolve("table/all.csv"), 240);
    Sampling sampling =
        Sampling.of(SampleKind.ROW)
            .withTable(new TableColumns("finding", "patient", List.of("site")));
    DatasetManifest dataset = prepare("rows", table, Task.CLASSIFICATION, sampling);
    assertThat(dataset.preparation().columns()).containsExactly("age", "marker", "dose, mg");
    assertThat(dataset.classes()).containsExactly("ill", "well");
    assertThat(dataset.normalization().mean()).hasSize(3);
    assertThat(dataset.splits().values().stream().mapToLong(s -> s.patients()).sum())
        .as("no patient in two splits")
        .isEqualTo(120);

    ShippedModel model =
        trained(
            "rows",
            """
            data: {task: classification, sample: row}
            model: {name: skip-mlp, options: {depth: 1, width: 16}}
            train: {epochs: 12, lanes: 2, micro-batch-size: 8, seed: 5}
            optimizer: {name: adamw, learning-rate: 0.01}
            """);
    Evaluation.Classified result = evaluation("rows", model).classify();
    assertThat(result.result().accuracy()).isGreaterThan(0.85);
    assertThat(result.examples()).isEmpty();

    Path unseen =
        Files.writeString(
            folder.resolve("unseen.csv"),
            """
            name,marker,age,"dose, mg"
            a,2.5,70,100
            b,-2.5,30,100
            c,?,30,100
            """);
    Prediction.Outcome outcome = predict("rows", model, unseen);
    assertThat(outcome.predicted()).isEqualTo(2);
    assertThat(outcome.rejected()).isEqualTo(1);
    assertThat(lines("rows"))
        .satisfiesExactly(
            line -> assertThat(line).startsWith("unseen.csv#1,ill,"),
            line -> assertThat(line).startsWith("unseen.csv#2,well,"));
    assertThat(folder.resolve("rows-predictions/rejected.jsonl"))
        .content()
        .contains("unseen.csv#3", "ROW_UNREADABLE", "marker");
  }

  @Test
  void refusesWhatTheNetworkCannotTake() throws Exception {
    Path collection = TinyCollections.volumes(folder.resolve("cut"), 12, 8, 4);
    prepare("cut", collection, Task.SEGMENTATION, Sampling.DEFAULT);
    assertThatThrownBy(() -> trained("cut", VOLUMES.formatted("volume")))
        .hasMessageContainingAll("unet3d", "slice");
  }

  private static List<String> lines(String name) throws IOException {
    List<String> lines = Files.readAllLines(folder.resolve(name + "-predictions/predictions.csv"));
    return lines.subList(1, lines.size());
  }

  private static double right(String name, java.util.function.UnaryOperator<String> truth)
      throws IOException {
    List<String> lines = lines(name);
    long hits =
        lines.stream().filter(line -> line.split(",", -1)[1].equals(truth.apply(line))).count();
    return (double) hits / lines.size();
  }

  /** Dice of the written masks with the true ones, over all volumes. */
  private static double agreement(String name, Path collection) throws IOException {
    long both = 0;
    long either = 0;
    try (var files = Files.list(collection.resolve("labels"))) {
      for (Path truth : files.toList()) {
        byte[] real = voxels(truth);
        byte[] predicted =
            voxels(folder.resolve(name + "-predictions").resolve(truth.getFileName()));
        assertThat(predicted).hasSameSizeAs(real);
        for (int i = 0; i < real.length; i++) {
          both += real[i] == 1 && predicted[i] == 1 ? 1 : 0;
          either += real[i] + predicted[i];
        }
      }
    }
    return 2.0 * both / either;
  }

  private static byte[] voxels(Path file) throws IOException {
    try (DataInputStream in =
        new DataInputStream(new GZIPInputStream(Files.newInputStream(file)))) {
      in.skipNBytes(352);
      return in.readAllBytes();
    }
  }
}
