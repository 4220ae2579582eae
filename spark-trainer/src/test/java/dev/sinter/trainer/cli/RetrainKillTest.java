package dev.sinter.trainer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sinter.dataset.DatasetManifest;
import dev.sinter.trainer.checkpoint.RunDirectory;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.launcher.JavaModuleOptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Retraining three times over growing data, with the driver's process halted at ten places. */
@Tag("full")
@Timeout(value = 900, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RetrainKillTest {
  /** Patients that are there when each retraining begins. */
  private static final int[] PATIENTS = {14, 18, 22};

  /** Where the process is halted, by retraining. */
  private static final List<List<String>> HALTS =
      List.of(
          List.of(
              "before rename .*/dataset/dataset\\.json",
              "after rename .*/attempt/run/checkpoints/step-\\d+",
              "before rename .*/versions/v0001"),
          List.of(
              "after rename .*/dataset/shards/train-\\d+\\.parquet",
              "after rename .*/attempt/attempt\\.json",
              "before rename .*/attempt/comparison\\.json",
              "before rename .*/decisions/0002\\.json",
              "before rename .*/promotions/0000000002\\.json"),
          List.of(
              "after rename .*/promotions/0000000003\\.json",
              "before delete .*/versions/\\.v0001\\.removed",
              "after rename .*/\\.attempt\\.removed"));

  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path folder;

  @Test
  void endsWhereAnUndisturbedOneDoes() throws Exception {
    GrowingCollection undisturbed = collection("undisturbed");
    GrowingCollection killed = collection("killed");
    int kills = 0;
    Map<String, String> sides = Map.of();
    for (int round = 0; round < PATIENTS.length; round++) {
      int from = round == 0 ? 0 : PATIENTS[round - 1];
      undisturbed.add(from, PATIENTS[round]);
      killed.add(from, PATIENTS[round]);
      assertThat(retrain(undisturbed, round, "")).isZero();
      for (String halt : HALTS.get(round)) {
        assertThat(retrain(killed, round, halt)).as(halt).isEqualTo(HaltingFileSystem.EXIT_CODE);
        kills++;
        requireWholeChampion(killed, round);
      }
      assertThat(retrain(killed, round, "")).isZero();
      assertThat(state(killed)).as("after retraining %d", round).isEqualTo(state(undisturbed));
      assertThat(killed.sides()).isEqualTo(undisturbed.sides()).containsAllEntriesOf(sides);
      sides = killed.sides();
      assertThat(sides).hasSize(PATIENTS[round]);
    }
    assertThat(kills).isGreaterThanOrEqualTo(10);
    JsonNode promotions = models(killed).get("promotions");
    assertThat(promotions.findValuesAsText("version")).containsExactly("v0001", "v0002", "v0003");
    assertThat(models(killed).get("versions").findValuesAsText("name"))
        .as("all but the champion and the one that a rollback leads to are pruned")
        .containsExactly("v0002", "v0003");
    try (Stream<Path> files = Files.walk(killed.registry())) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .noneMatch(name -> name.startsWith(".") && !name.endsWith(".crc"))
          .doesNotContain("attempt", "registry.lease");
    }
  }

  @Test
  void ofTwoAtOnceOneWorksAndTheOtherIsRefused() throws Exception {
    GrowingCollection collection = collection("twice");
    collection.add(0, PATIENTS[0]);
    Process first = start(collection, 0, "");
    try (BufferedReader lines = first.inputReader()) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        System.out.println("first: " + line);
        if (line.startsWith("preparing")) { // it has the lease
          CommandResult second =
              CommandResult.of("retrain", folder.resolve("twice/retrain.yaml").toString());
          assertThat(second.exitCode()).isEqualTo(4);
          assertThat(second.errors())
              .contains("error REGISTRY_IN_USE")
              .contains("process " + first.pid());
        }
      }
    }
    assertThat(first.waitFor()).isZero();
    assertThat(models(collection).get("champion").asText()).isEqualTo("v0001");
  }

  private GrowingCollection collection(String name) throws IOException {
    GrowingCollection collection =
        new GrowingCollection(Files.createDirectory(folder.resolve(name)));
    collection.configuration();
    return collection;
  }

  /** What was champion before is still, or the one that comes after; and it can be loaded. */
  private static void requireWholeChampion(GrowingCollection collection, int round) {
    JsonNode models = models(collection);
    JsonNode champion = models.get("champion");
    if (round == 0) {
      assertThat(champion.isNull()).as("not even trained yet").isTrue();
      return;
    }
    assertThat(champion.asText()).isIn("v000" + round, "v000" + (round + 1));
    var model = RunDirectory.readModel(collection.registry().toString(), new Configuration());
    model.parameters().close();
    for (JsonNode version : models.get("versions")) {
      if (version.get("name").equals(champion)) {
        assertThat(model.manifest().parametersSha256())
            .isEqualTo(version.get("parameters_sha256").asText());
      }
    }
  }

  private static JsonNode models(GrowingCollection collection) {
    CommandResult result =
        CommandResult.of("models", "--registry", collection.registry().toString(), "--json", "-");
    assertThat(result.exitCode()).as(result.errors()).isZero();
    return result.json();
  }

  /** All that counts, without times and places. */
  private static Map<String, Object> state(GrowingCollection collection) throws IOException {
    Map<String, Object> state = new TreeMap<>();
    JsonNode models = models(collection);
    state.put("champion", models.get("champion"));
    state.put("versions", models.get("versions"));
    state.put("promotions", models.get("promotions"));
    for (JsonNode version : models.get("versions")) {
      ((ObjectNode) version).remove(List.of("location", "created", "configuration"));
    }
    for (JsonNode promotion : models.get("promotions")) {
      ((ObjectNode) promotion).remove("at");
    }
    try (Stream<Path> decisions = Files.list(collection.registry().resolve("decisions"))) {
      for (Path file : decisions.filter(RetrainKillTest::isJson).toList()) {
        JsonNode decision = JSON.readTree(file.toFile());
        ((ObjectNode) decision).remove("decided");
        state.put(file.getFileName().toString(), decision);
      }
    }
    state.put(
        "dataset",
        DatasetManifest.read(
            new org.apache.hadoop.fs.Path(collection.dataset().toString()), new Configuration()));
    return state;
  }

  private static boolean isJson(Path path) {
    return path.getFileName().toString().matches("\\d+\\.json");
  }

  private int retrain(GrowingCollection collection, int round, String halt) throws Exception {
    Process process = start(collection, round, halt);
    try (Stream<String> lines = process.inputReader().lines()) {
      lines.forEach(line -> System.out.println(halt + ": " + line));
    }
    return process.waitFor();
  }

  /** The first model learns little, so that the later ones are better. */
  private static List<String> arguments(Path configuration, int round) {
    List<String> arguments = new ArrayList<>(List.of("retrain", configuration.toString()));
    arguments.add("-Doptimizer.learning-rate=" + List.of("1e-5", "0.003", "0.02").get(round));
    arguments.add("-Dretrain.margin=0.2");
    return arguments;
  }

  private Process start(GrowingCollection collection, int round, String halt) throws IOException {
    Map<String, String> properties = new LinkedHashMap<>();
    properties.put("spark.hadoop.fs.file.impl", HaltingFileSystem.class.getName());
    if (!halt.isEmpty()) {
      properties.put(HaltingFileSystem.PROPERTY, halt);
    }
    Path here = collection.registry().getParent();
    List<String> arguments = new ArrayList<>();
    arguments.addAll(List.of(JavaModuleOptions.defaultModuleOptions().split(" ")));
    arguments.addAll(List.of("-Xmx512m", "-XX:+UseSerialGC"));
    arguments.addAll(List.of("-cp", System.getProperty("java.class.path")));
    properties.forEach((key, value) -> arguments.add("-D" + key + "=" + value));
    arguments.add(Sinter.class.getName());
    arguments.addAll(arguments(here.resolve("retrain.yaml"), round));
    // In a file: a class path is long.
    Path file = here.resolve("arguments");
    Files.write(file, arguments.stream().map(RetrainKillTest::quoted).toList());
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(), "@" + file);
    builder.redirectError(ProcessBuilder.Redirect.appendTo(here.resolve("errors").toFile()));
    return builder.start();
  }

  private static String quoted(String argument) {
    return "\"" + argument.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
  }
}
