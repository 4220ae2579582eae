package dev.sinter.trainer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sinter.trainer.SparkTestClusters;
import dev.sinter.trainer.TinyCollections;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.spark.launcher.JavaModuleOptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import scala.Tuple2;

/** The driver is killed with SIGKILL and the same command given again. */
@Tag("full")
@Timeout(value = 600, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DriverKillTest {
  private static final int EPOCHS = 20;

  @TempDir static Path folder;
  private static Path configuration;
  private static String undisturbed;

  @BeforeAll
  static void prepare() throws IOException {
    Path collection = TinyCollections.volumes(folder.resolve("collection"), 24, 16, 2);
    configuration =
        Files.writeString(
            folder.resolve("run.yaml"),
            """
            data: {input: %s, output: %s, task: segmentation}
            model: {name: unet, options: {depth: 2, width: 4}}
            train: {epochs: %d, lanes: 4, micro-batch-size: 2, output: %s}
            optimizer: {name: adamw, learning-rate: 0.01}
            engine: {precision: fp32}
            cluster: {workers: 2, timeout-seconds: 60}
            """
                .formatted(collection, folder.resolve("dataset"), EPOCHS, folder.resolve("whole")));
    CommandResult whole = CommandResult.of("train", configuration.toString(), "--json", "-");
    assertThat(whole.exitCode()).as(whole.errors()).isZero();
    undisturbed = whole.json().get("parameters_sha256").asText();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void theSameCommandGoesOnToTheSameBits(boolean encrypted) throws Exception {
    Path output = folder.resolve("killed-" + encrypted);
    Path json = folder.resolve(encrypted + ".json");
    int last = 2 + new Random().nextInt(EPOCHS / 2);
    Process first = start(output, json, encrypted);
    try (BufferedReader lines = first.inputReader()) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        System.out.println("first: " + line);
        if (line.contains("epoch " + last + "/")) {
          first
              .toHandle()
              .destroyForcibly(); // SIGKILL; of the process itself it would close the streams
        }
      }
    }
    assertThat(first.waitFor()).as("ended by SIGKILL").isEqualTo(128 + 9);
    assertThat(json).doesNotExist();

    Process second = start(output, json, encrypted);
    List<String> said = new ArrayList<>();
    try (Stream<String> lines = second.inputReader().lines()) {
      lines.peek(line -> System.out.println("second: " + line)).forEach(said::add);
    }

    assertThat(second.waitFor()).isZero();
    assertThat(said).anyMatch(line -> line.contains("goes on from the checkpoint at step"));
    JsonNode result = new ObjectMapper().readTree(json.toFile());
    assertThat(result.get("parameters_sha256").asText()).isEqualTo(undisturbed);
    assertThat(result.get("validation")).hasSize(EPOCHS);
    try (Stream<Path> files = Files.walk(output)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .noneMatch(name -> name.startsWith(".") && !name.endsWith(".crc"));
    }
  }

  private static Process start(Path output, Path json, boolean encrypted) throws IOException {
    Map<String, String> security =
        encrypted
            ? Map.of(
                "spark.authenticate", "true",
                "spark.authenticate.secret", "of this test",
                "spark.network.crypto.enabled", "true")
            : Map.of();
    List<String> arguments = new ArrayList<>();
    arguments.addAll(List.of(JavaModuleOptions.defaultModuleOptions().split(" ")));
    arguments.addAll(List.of("-Xmx1g", "-XX:+UseSerialGC"));
    arguments.addAll(List.of("-cp", System.getProperty("java.class.path")));
    for (Tuple2<String, String> setting :
        SparkTestClusters.conf("driver", 2, 1, security).getAll()) {
      arguments.add("-D" + setting._1() + "=" + setting._2());
    }
    arguments.add(Sinter.class.getName());
    arguments.addAll(List.of("train", configuration.toString(), "--resume", "auto"));
    arguments.addAll(List.of("-Dtrain.output=" + output, "--json", json.toString()));
    // In a file: a class path is long.
    Path file = folder.resolve("arguments");
    Files.write(file, arguments.stream().map(DriverKillTest::quoted).toList());
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(), "@" + file);
    builder.redirectError(folder.resolve("errors-" + encrypted).toFile());
    return builder.start();
  }

  private static String quoted(String argument) {
    return "\"" + argument.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
  }
}
