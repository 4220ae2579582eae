package dev.sinter.trainer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.trainer.FullFileSystem;
import dev.sinter.trainer.TinyCollections;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Bad input: a code, the reason, the next step, the right exit code, and nothing half-written. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CommandFailuresTest {
  @TempDir static Path folder;
  private static Path configuration;
  private static String dataset;

  @BeforeAll
  static void prepare() throws IOException {
    System.setProperty(FullFileSystem.PROPERTY, FullFileSystem.class.getName());
    Path collection = TinyCollections.classes(folder.resolve("collection"), 12, 16);
    dataset = folder.resolve("dataset").toString();
    configuration =
        Files.writeString(
            folder.resolve("run.yaml"),
            """
            data: {input: %s, output: %s}
            model: {name: resnet18, options: {stem: small}}
            train: {epochs: 1, lanes: 2, micro-batch-size: 4, output: %s}
            cluster: {workers: 1, timeout-seconds: 30}
            """
                .formatted(collection, dataset, folder.resolve("runs/unused")));
    CommandResult prepared = CommandResult.of("prepare", configuration.toString());
    assertThat(prepared.exitCode()).as(prepared.errors()).isZero();
  }

  @AfterAll
  static void forgetTheFullDisk() {
    System.clearProperty(FullFileSystem.PROPERTY);
  }

  private static CommandResult trainingFails(
      int exitCode, String code, String output, String... overrides) {
    List<String> arguments =
        new ArrayList<>(List.of("train", configuration.toString(), "-Dtrain.output=" + output));
    arguments.addAll(List.of(overrides));
    return CommandResult.failure(exitCode, code, arguments.toArray(new String[0]));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "train.epocs=3 | CONFIGURATION_INVALID | train.epocs: is not a key here; did you mean 'epochs'?",
        "model.name=resnt18 | CONFIGURATION_INVALID | did you mean 'resnet18'?",
        "model.name=unet | CONFIGURATION_INVALID | unet is for segmentation",
        "model.options.stem=imagenet | IMAGE_TOO_SMALL_FOR_MODEL | needs images of at least 32x32, but they are 16x16",
        "model.options.steam=small | CONFIGURATION_INVALID | steam",
        "train.micro-batch-size=64 | TOO_FEW_SAMPLES | less than one global batch"
      })
  void aConfigurationThatCannotBe(String override, String code, String problem) {
    Path output = folder.resolve("runs/cannot-be");
    CommandResult result = trainingFails(2, code, output.toString(), "-D" + override);
    assertThat(result.errors()).contains(problem);
    assertThat(Outputs.filesIn(output)).isEmpty();
  }

  @Test
  void threeMistakesAtOnce() {
    Path output = folder.resolve("runs/mistakes");
    CommandResult result =
        trainingFails(
            2,
            "CONFIGURATION_INVALID",
            output.toString(),
            "-Dtrain.lanes=3",
            "-Dengine.nam=nd4j",
            "-Doptimizer.learning-rate=fast");
    assertThat(result.errors())
        .contains("3 problems")
        .contains("train.lanes")
        .contains("engine.nam")
        .contains("optimizer.learning-rate");
    assertThat(Outputs.filesIn(output)).isEmpty();
  }

  @Test
  void unknownCommandsAndOptions() {
    assertThat(CommandResult.of().exitCode()).isEqualTo(2);
    assertThat(CommandResult.of("tarin").exitCode()).isEqualTo(2);
    assertThat(CommandResult.of("train").exitCode()).isEqualTo(2);
    CommandResult result =
        CommandResult.of(
            "train", configuration.toString(), "--resume", "never", "--resume-approximate");
    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.errors())
        .contains("error USAGE: --resume-approximate has nothing to go on from")
        .doesNotContain("\tat ");
    CommandResult nowhere =
        CommandResult.failure(
            3, "CHECKPOINT_NOT_FOUND", "train", configuration.toString(), "--resume", "perhaps");
    assertThat(nowhere.errors()).contains("/perhaps").contains("or auto or never");
    CommandResult.failure(
        2, "CONFIGURATION_NOT_FOUND", "train", folder.resolve("none.yaml").toString());
    CommandResult.failure(2, "USAGE", "prepare", "--input", folder.toString());
    CommandResult.failure(2, "MODEL_UNKNOWN", "models", "resnet81");
  }

  @Test
  void modelTooDeepForTheImages() throws IOException {
    Path collection = TinyCollections.squares(folder.resolve("squares"), 8, 48);
    String data = folder.resolve("squares-dataset").toString();
    CommandResult prepared = CommandResult.preparing(collection, Path.of(data), "segmentation");
    assertThat(prepared.exitCode()).as(prepared.errors()).isZero();
    Path output = folder.resolve("runs/deep");
    CommandResult result =
        trainingFails(
            2,
            "IMAGE_SIZE_NOT_DIVISIBLE",
            output.toString(),
            "-Ddata.output=" + data,
            "-Ddata.task=segmentation",
            "-Dtrain.micro-batch-size=1",
            "-Dmodel={name: unet, options: {depth: 5}}");
    assertThat(result.errors()).contains("multiples of 32, but they are 48x48");
    assertThat(Outputs.filesIn(output)).isEmpty();
  }

  @Test
  void tooLittleMemory() {
    Path output = folder.resolve("runs/memory");
    CommandResult result =
        trainingFails(4, "MEMORY_TOO_SMALL", output.toString(), "-Dtrain.micro-batch-size=60000");
    assertThat(result.errors()).contains("60000").contains("lower train.micro-batch-size");
    assertThat(Outputs.filesIn(output)).isEmpty();
  }

  @Test
  void datasetMissing() {
    Path output = folder.resolve("runs/no-data");
    trainingFails(
        3,
        "DATASET_NOT_FOUND",
        output.toString(),
        "-Ddata.input=",
        "-Ddata.output=" + folder.resolve("nowhere"));
    assertThat(Outputs.filesIn(output)).isEmpty();
  }

  @Test
  void collectionMissing() {
    Path output = folder.resolve("runs/no-collection");
    trainingFails(
        3,
        "PATH_NOT_FOUND",
        output.toString(),
        "-Ddata.input=" + folder.resolve("nothing"),
        "-Ddata.output=" + folder.resolve("nowhere"));
    assertThat(Outputs.filesIn(output)).isEmpty();
  }

  @Test
  void modelMissing() {
    String nowhere = folder.resolve("nowhere").toString();
    CommandResult.failure(3, "MODEL_NOT_FOUND", "evaluate", "--model", nowhere, "--data", dataset);
    Path output = folder.resolve("no-predictions");
    CommandResult.failure(
        3,
        "MODEL_NOT_FOUND",
        "predict",
        "--model",
        nowhere,
        "--input",
        folder.resolve("collection").toString(),
        "--output",
        output.toString());
    assertThat(Outputs.filesIn(output)).isEmpty();
  }

  @Test
  void outputThatCannotBeWritten() throws IOException {
    Path file = Files.writeString(folder.resolve("a-file"), "in the way");
    CommandResult result = trainingFails(2, "PATH_IS_A_FILE", file.resolve("run").toString());
    assertThat(result.errors()).contains("a-file");
    assertThat(file).hasContent("in the way");
  }

  @Test
  void damagedModel() throws IOException {
    Path zip = Files.write(folder.resolve("damaged.zip"), new byte[1000]);
    CommandResult.failure(
        3, "MODEL_UNREADABLE", "evaluate", "--model", zip.toString(), "--data", dataset);
  }

  @Test
  void damagedDataset() throws IOException {
    Path copy = folder.resolve("damaged-dataset");
    try (Stream<Path> files = Files.walk(Path.of(dataset))) {
      for (Path file : files.toList()) {
        Path target = copy.resolve(Path.of(dataset).relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(target);
        } else if (file.toString().endsWith(".parquet")) {
          byte[] bytes = Files.readAllBytes(file);
          bytes[bytes.length / 3] ^= 0x55;
          Files.write(target, bytes);
        } else {
          Files.copy(file, target);
        }
      }
    }
    Path output = folder.resolve("runs/damaged");
    CommandResult.failure(
        3,
        "SHARD_",
        "train",
        configuration.toString(),
        "-Ddata.output=" + copy,
        "-Dtrain.output=" + output);
    assertThat(Outputs.withoutEvents(output)).isSubsetOf("config.yaml");
  }

  @Test
  void splitsThatShareAPatient() throws IOException {
    Path collection = TinyCollections.classes(folder.resolve("shared"), 24, 16);
    Path data = folder.resolve("shared-dataset");
    CommandResult prepared = CommandResult.preparing(collection, data, "classification");
    assertThat(prepared.exitCode()).as(prepared.errors()).isZero();
    Path index = data.resolve("dataset.json");
    String edited =
        Files.readString(index).replace("shards/test-00000.parquet", "shards/train-00000.parquet");
    Files.writeString(index, edited);
    Files.deleteIfExists(data.resolve(".dataset.json.crc"));
    Path output = folder.resolve("runs/shared");
    CommandResult result =
        CommandResult.failure(
            3,
            "SPLITS_OVERLAP",
            "train",
            configuration.toString(),
            "-Ddata.input=" + collection,
            "-Ddata.output=" + data,
            "-Dtrain.output=" + output);
    assertThat(result.errors()).contains("patients and").contains("more than one split");
    assertThat(Outputs.filesIn(output)).isSubsetOf("config.yaml");
  }

  @Test
  void jsonThatCannotBeWritten() {
    String target = folder.resolve("no/such/folder.json").toString();
    CommandResult.failure(4, "JSON_NOT_WRITTEN", "models", "--json", target);
    CommandResult.failure(4, "DIAGRAM_NOT_WRITTEN", "models", "unet", "--svg", target);
    CommandResult.failure(2, "USAGE", "models", "--svg", target);
  }

  /** Who has the old file open, here by a second name, keeps it whole. */
  @Test
  void aDiagramReplacesAnotherInOnePiece() throws IOException {
    Path drawings = Files.createDirectory(folder.resolve("drawings"));
    Path drawing = Files.writeString(drawings.resolve("unet.svg"), "old");
    Path reader = Files.createLink(drawings.resolve("open.svg"), drawing);
    CommandResult result = CommandResult.of("models", "unet", "--svg", drawing.toString());
    assertThat(result.exitCode()).as(result.errors()).isZero();
    assertThat(drawing).content().contains("<svg", "</svg>");
    assertThat(reader).hasContent("old");
    assertThat(Outputs.filesIn(drawings)).containsExactlyInAnyOrder("open.svg", "unet.svg");
    CommandResult.failure(4, "DIAGRAM_NOT_WRITTEN", "models", "unet", "--svg", drawings.toString());
    assertThat(Outputs.filesIn(drawings)).hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(longs = {10_000_000, 50_000_000}) // within the optimizer's state; within the model
  void trainOntoAFullDisk(long freeBytes) {
    FullFileSystem.FREE_BYTES.set(freeBytes);
    Path output = folder.resolve("full-run-" + freeBytes);
    CommandResult result = trainingFails(4, "DISK_FULL", "full:" + output);
    assertThat(result.errors()).contains("full-run");
    assertThat(Outputs.withoutEvents(output)).isSubsetOf("config.yaml");
  }
}
