package dev.sinter.trainer.prediction;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sinter.trainer.HaltingFileSystem;
import dev.sinter.trainer.SparkTestClusters;
import dev.sinter.trainer.TinyCollections;
import dev.sinter.trainer.cli.Sinter;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.spark.launcher.JavaModuleOptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import scala.Tuple2;

/**
 * The command line in processes of its own: killed with SIGKILL while a chunk is committed, and
 * with little memory.
 */
@Tag("full")
@Timeout(value = 600, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PredictionProcessesTest {
  private static final int SIZE = 16;
  private static final int IMAGES = 40;
  private static final int KILLED = 128 + 9;

  @TempDir static Path folder;
  private static String model;

  @BeforeAll
  static void train() throws Exception {
    TinyCollections.squares(folder.resolve("squares"), IMAGES, SIZE);
    Path configuration =
        Files.writeString(
            folder.resolve("run.yaml"),
            """
            data: {input: %1$s/squares, output: %1$s/dataset, task: segmentation}
            model: {name: unet, options: {depth: 2, width: 4}}
            train: {epochs: 1, lanes: 2, micro-batch-size: 2, output: %1$s/run}
            optimizer: {name: sgd, learning-rate: 0.01}
            engine: {precision: fp32}
            cluster: {workers: 1, timeout-seconds: 60}
            """
                .formatted(folder));
    model = folder + "/run";
    assertThat(run("local[2]", "none", "train", configuration.toString())).isZero();
    assertThat(predict("local[2]", "none", "undisturbed")).isZero();
  }

  @Test
  void theSameCommandGoesOnAfterTheDriverWasKilled() throws Exception {
    assertThat(predict("local[2]", "kill", "driver")).isEqualTo(KILLED);
    assertThat(folder.resolve("driver")).doesNotExist();
    List<String> chunks = names(folder.resolve(".driver.unfinished/_sinter/chunks"));
    assertThat(chunks).doesNotContain("00000003.jsonl");
    assertThat(predict("local[2]", "kill", "driver")).isZero();
    assertThat(contents("driver")).isEqualTo(contents("undisturbed"));
  }

  @Test
  void anotherExecutorTakesTheChunksOfOneThatWasKilled() throws Exception {
    assertThat(predict("local-cluster[2,1,1024]", "kill", "executor")).isZero();
    assertThat(folder.resolve("executor.marker")).exists();
    assertThat(contents("executor")).isEqualTo(contents("undisturbed"));
  }

  /** What is decoded of all images is as much as the heap. */
  @Test
  void memoryDoesNotGrowWithTheNumberOfFiles() throws Exception {
    int count = 130;
    BufferedImage blank = new BufferedImage(2048, 2048, BufferedImage.TYPE_BYTE_GRAY);
    TinyCollections.save(blank, folder.resolve("large/000.png"));
    for (int i = 1; i < count; i++) {
      Files.createLink(
          folder.resolve(String.format("large/%03d.png", i)), folder.resolve("large/000.png"));
    }
    Path json = folder.resolve("large.json");
    int code =
        run(
            "local[2]",
            "none",
            "predict",
            "--model",
            model,
            "--input",
            folder + "/large",
            "--output",
            folder + "/large-masks",
            "--window",
            "none",
            "--json",
            json.toString());
    assertThat(code).isZero();
    assertThat(new ObjectMapper().readTree(json.toFile()).get("predicted").asInt())
        .isEqualTo(count);
  }

  private static int predict(String master, String how, String output) throws Exception {
    return run(
        master,
        how + ":" + output,
        "predict",
        "--model",
        model,
        "--input",
        folder + "/squares/images",
        "--output",
        "halting:" + folder + "/" + output);
  }

  private static List<String> names(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }

  /** Every file with its bytes: nothing half, nothing twice, nothing besides. */
  private static Map<String, List<Byte>> contents(String output) throws IOException {
    Map<String, List<Byte>> contents = new TreeMap<>();
    Path root = folder.resolve(output);
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        List<Byte> bytes = new ArrayList<>();
        for (byte value : Files.readAllBytes(file)) {
          bytes.add(value);
        }
        contents.put(root.relativize(file).toString(), bytes);
      }
    }
    assertThat(contents).hasSize(IMAGES + 1).containsKey(PredictionManifest.FILE);
    return contents;
  }

  /** Exit code of a process of its own. */
  private static int run(String master, String how, String... command) throws Exception {
    String name = how.contains(":") ? how.substring(how.indexOf(':') + 1) : how;
    List<String> arguments = new ArrayList<>();
    arguments.addAll(List.of(JavaModuleOptions.defaultModuleOptions().split(" ")));
    arguments.addAll(List.of("-Xmx512m", "-XX:+UseSerialGC"));
    arguments.addAll(List.of("-cp", System.getProperty("java.class.path")));
    Map<String, String> halting =
        Map.of(
            "spark.hadoop." + HaltingFileSystem.KEY,
            HaltingFileSystem.class.getName(),
            "spark.hadoop." + HaltingFileSystem.NAME,
            how.startsWith("kill") ? "00000003.jsonl" : "none",
            "spark.hadoop." + HaltingFileSystem.MARKER,
            folder + "/" + name + ".marker",
            "spark.hadoop." + HaltingFileSystem.HOW,
            "kill");
    for (Tuple2<String, String> setting :
        SparkTestClusters.conf("predict", 2, 1, halting).set("spark.master", master).getAll()) {
      arguments.add("-D" + setting._1() + "=" + setting._2());
    }
    arguments.add(Sinter.class.getName());
    arguments.addAll(List.of(command));
    // In a file: a class path is long.
    Path file = folder.resolve("arguments");
    Files.write(
        file,
        arguments.stream()
            .map(argument -> "\"" + argument.replace("\\", "\\\\").replace("\"", "\\\"") + "\"")
            .toList());
    Path errors = folder.resolve("errors.log");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "@" + file)
            .redirectErrorStream(true)
            .redirectOutput(errors.toFile())
            .start();
    int code = process.waitFor();
    System.out.println(String.join(" ", command) + " ended with " + code);
    System.out.println(Files.readString(errors));
    return code;
  }
}
