package dev.sinter.trainer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sinter.trainer.TinyCollections;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** The commands one after the other, as a program would call them. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class CommandsTest {
  @TempDir static Path folder;
  private static String configuration;
  private static String dataset;
  private static String run;
  private static String trained;

  @BeforeAll
  static void write() throws Exception {
    Path collection = TinyCollections.volumes(folder.resolve("collection"), 16, 16, 2);
    dataset = folder.resolve("dataset").toString();
    run = folder.resolve("run").toString();
    configuration =
        Files.writeString(
                folder.resolve("run.yaml"),
                """
                data: {input: %s, output: %s, task: segmentation}
                model: {name: unet, options: {depth: 2, width: 4}}
                train: {epochs: 2, lanes: 4, micro-batch-size: 2, output: %s}
                optimizer: {name: adamw, learning-rate: 0.01}
                """
                    .formatted(collection, dataset, run))
            .toString();
  }

  private static JsonNode json(String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--json", "-"));
    CommandResult result = CommandResult.of(all.toArray(new String[0]));
    assertThat(result.exitCode()).as(result.errors()).isZero();
    return result.json();
  }

  private static List<String> keys(JsonNode node) {
    List<String> keys = new ArrayList<>();
    node.fieldNames().forEachRemaining(keys::add);
    return keys;
  }

  @Test
  @Order(1)
  void models() {
    JsonNode models = json("models").get("models");
    assertThat(models.findValuesAsText("name"))
        .contains("densenet121", "resnet18", "resnet34", "resnet50", "unet");
    for (JsonNode model : models) {
      assertThat(keys(model))
          .contains(
              "name", "family", "parameters", "multiply_adds", "input_shape", "classes", "paper");
    }
    assertThat(models.get(0).get("name").asText()).isEqualTo("densenet121");
    assertThat(models.get(0).get("parameters").asLong()).isEqualTo(7_978_856L);
  }

  @Test
  @Order(2)
  void prepare() {
    JsonNode prepared = json("prepare", configuration);
    assertThat(keys(prepared)).contains("output", "task", "classes", "splits", "rejected");
    assertThat(prepared.at("/splits/train/samples").asInt()).isGreaterThanOrEqualTo(16);
    assertThat(keys(prepared.at("/splits/train"))).contains("samples", "patients", "classes");
  }

  @Test
  @Order(3)
  void train() {
    JsonNode result = json("train", configuration);
    assertThat(keys(result))
        .contains(
            "checkpoint",
            "best_checkpoint",
            "steps",
            "epochs",
            "seconds",
            "images_per_second",
            "bytes_per_step",
            "parameters_sha256",
            "validation");
    trained = result.get("parameters_sha256").asText();
    assertThat(trained).hasSize(64);
    assertThat(result.get("validation")).hasSize(2);
    assertThat(Path.of(run, "report.html")).content().contains("<html").contains("unet");
    assertThat(Path.of(run, "curves.svg")).content().contains("<svg");
    assertThat(Path.of(run, "config.yaml")).content().contains("keep-checkpoints: 1");
  }

  @Test
  @Order(4)
  void trainAgainWithOneWorker() {
    JsonNode result = json("train", configuration, "--workers", "1");
    assertThat(result.get("parameters_sha256").asText()).isEqualTo(trained);
    CommandResult refused = CommandResult.of("train", configuration, "--resume", "never");
    assertThat(refused.exitCode()).isEqualTo(2);
    assertThat(refused.errors()).contains("error OUTPUT_HAS_CHECKPOINTS");
  }

  @Test
  @Order(5)
  void trainOnWithTheOtherEngine() {
    String[] arguments = {
      "train",
      configuration,
      "--resume",
      run,
      "-Dtrain.output=" + folder.resolve("continued"),
      "-Dengine.name=nd4j",
      "-Dtrain.epochs=3",
    };
    CommandResult refused = CommandResult.of(arguments);
    assertThat(refused.exitCode()).isEqualTo(2);
    assertThat(refused.errors())
        .contains("error RESUME_MISMATCH", "engine.name was libtorch", "train.epochs was 2")
        .contains("go on all the same with --resume-approximate");
    List<String> all = new ArrayList<>(List.of(arguments));
    all.add("--resume-approximate");
    CommandResult result = CommandResult.of(all.toArray(new String[0]));
    assertThat(result.exitCode()).as(result.errors()).isZero();
    assertThat(result.output())
        .contains(
            "continuing with engine.name nd4j instead of libtorch, train.epochs 3 instead of 2:"
                + " results will not be the bits of an undisturbed run")
        .contains("goes on from the checkpoint at step", "epoch 3/3")
        .doesNotContain("epoch 2/3");
    assertThat(folder.resolve("continued/report.html")).exists();
  }

  @Test
  @Order(6)
  void evaluate() {
    JsonNode result = json("evaluate", "--model", run, "--data", dataset);
    assertThat(keys(result))
        .contains("task", "split", "samples", "patients", "classes", "dice", "iou", "hd95");
    assertThat(keys(result.get("dice"))).contains("mean_foreground", "per_class");
    assertThat(result.get("split").asText()).isEqualTo("test");
    CommandResult wrong =
        CommandResult.of("evaluate", "--model", run, "--data", dataset, "--split", "tset");
    assertThat(wrong.exitCode()).isEqualTo(2);
    assertThat(wrong.errors()).contains("error SPLIT_NOT_FOUND").contains("test, train, val");
  }

  @Test
  @Order(7)
  void predict() throws Exception {
    Path output = folder.resolve("predictions");
    String input = folder.resolve("collection/images").toString();
    JsonNode result =
        json("predict", "--model", run, "--input", input, "--output", output.toString());
    assertThat(result.get("predicted").asInt()).isEqualTo(16);
    assertThat(output.resolve("scan_000.nii.gz")).exists();
    JsonNode again =
        json("predict", "--model", run, "--input", input, "--output", output.toString());
    assertThat(again.get("chunks").asInt()).isZero();
    assertThat(again.get("predicted").asInt()).isEqualTo(16);
    refused("PREDICTION_DIFFERS", input, output, "--tta", "flips");
    refused("PREDICT_OPTION_INVALID", input, output, "--tta", "w");
    refused("OUTPUT_EXISTS", input, folder.resolve("collection"), "--overlap", "0.25");
  }

  private static void refused(String code, String input, Path output, String option, String value) {
    Path file = folder.resolve("refused.json");
    CommandResult refused =
        CommandResult.of(
            "predict",
            "--model",
            run,
            "--input",
            input,
            "--output",
            output.toString(),
            option,
            value,
            "--json",
            file.toString());
    assertThat(refused.exitCode()).isEqualTo(2);
    assertThat(refused.errors()).contains("error " + code);
    assertThat(file).doesNotExist();
  }

  @Test
  @Order(8)
  void config() {
    assertThat(json("config", configuration, "-Dtrain.epochs=7").get("configuration").asText())
        .contains("epochs: 7");
  }

  @Test
  @Order(9)
  void inspect() throws Exception {
    JsonNode inspected = json("inspect", dataset);
    assertThat(inspected.at("/splits/train/samples").asInt()).isGreaterThanOrEqualTo(16);
    assertThat(keys(inspected.at("/files/0/splits/train"))).contains("patients", "classes");
    Path shard;
    try (Stream<Path> files = Files.walk(Path.of(dataset))) {
      shard = files.filter(file -> file.toString().endsWith(".parquet")).findFirst().orElseThrow();
    }
    JsonNode rows = json("inspect", shard.toString()).at("/files/0");
    assertThat(rows.get("format").asText()).isEqualTo("sinter-shard");
    assertThat(rows.get("samples").asInt()).isPositive();

    for (String model : List.of(run, run + "/checkpoints/" + newest(), zip())) {
      JsonNode checkpoint = json("inspect", model);
      assertThat(keys(checkpoint))
          .contains("model", "step", "epoch", "parameters_sha256", "engine", "manifest");
      assertThat(checkpoint.get("model").asText()).isEqualTo("unet");
      assertThat(checkpoint.get("engine").asText()).isEqualTo("libtorch");
      assertThat(checkpoint.at("/manifest/run/workers").isInt()).isTrue();
      assertThat(checkpoint.at("/files/0/format").asText()).isEqualTo("sinter-checkpoint");
    }
    CommandResult lines = CommandResult.of("inspect", dataset, run);
    assertThat(lines.exitCode()).isZero();
    assertThat(lines.output()).contains("sinter-dataset", "patients", "unet");
  }

  private static String newest() throws Exception {
    try (Stream<Path> steps = Files.list(Path.of(run, "checkpoints"))) {
      return steps
          .map(step -> step.getFileName().toString())
          .filter(name -> name.startsWith("step-"))
          .max(String::compareTo)
          .orElseThrow();
    }
  }

  private static String zip() throws Exception {
    return run + "/checkpoints/" + newest() + "/model.zip";
  }
}
