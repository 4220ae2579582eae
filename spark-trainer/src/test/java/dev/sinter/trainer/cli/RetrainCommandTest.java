package dev.sinter.trainer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sinter.trainer.checkpoint.FolderLease;
import dev.sinter.trainer.registry.Attempt;
import dev.sinter.trainer.registry.RegistryDirectory;
import dev.sinter.trainer.registry.RetrainingFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RetrainCommandTest {
  @TempDir Path folder;

  private static CommandResult run(Path configuration, String... further) {
    List<String> arguments = new ArrayList<>(List.of("retrain", configuration.toString()));
    arguments.addAll(List.of(further));
    arguments.addAll(List.of("--json", "-"));
    return CommandResult.of(arguments.toArray(String[]::new));
  }

  private static JsonNode done(Path configuration, String... further) {
    CommandResult result = run(configuration, further);
    assertThat(result.exitCode()).as(result.errors()).isZero();
    return result.json();
  }

  private static Map<String, String> contents(Path folder) throws IOException {
    Map<String, String> contents = new TreeMap<>();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        contents.put(
            folder.relativize(file).toString(),
            new String(Files.readAllBytes(file), java.nio.charset.StandardCharsets.ISO_8859_1));
      }
    }
    return contents;
  }

  /** A first model that has hardly learnt, a better one, and one that is spoilt on purpose. */
  @Test
  void aBetterChallengerIsPromotedAndAWorseOneKeptOut() throws IOException {
    GrowingCollection collection = new GrowingCollection(folder);
    Path configuration = collection.configuration();
    collection.add(0, 16);
    JsonNode first = done(configuration, "-Dtrain.epochs=1", "-Doptimizer.learning-rate=1e-6");
    assertThat(first.get("outcome").asText()).isEqualTo("first");
    assertThat(first.get("champion").asText()).isEqualTo("v0001");
    assertThat(first.get("new_samples").asInt()).isEqualTo(32);
    Map<String, String> sides = collection.sides();
    assertThat(sides).hasSize(16);

    Map<String, String> before = contents(collection.registry());
    JsonNode again = done(configuration);
    assertThat(again.get("outcome").asText()).isEqualTo("nothing-to-do");
    assertThat(again.get("decision").isNull()).isTrue();
    assertThat(contents(collection.registry())).isEqualTo(before);

    collection.add(16, 20);
    JsonNode better = done(configuration);
    assertThat(better.get("outcome").asText()).isEqualTo("promoted");
    assertThat(better.get("new_samples").asInt()).isEqualTo(8);
    JsonNode comparison = better.at("/decision/comparison");
    assertThat(comparison.get("metric").asText()).isEqualTo("dice");
    assertThat(comparison.get("low").asDouble()).isPositive();
    assertThat(comparison.get("low").asDouble())
        .isLessThanOrEqualTo(comparison.get("difference").asDouble());
    assertThat(collection.sides()).hasSize(20).containsAllEntriesOf(sides);
    sides = collection.sides();
    undoPromotion(collection, better);
    JsonNode finished = done(configuration);
    assertThat(finished.get("decision")).isEqualTo(better.get("decision"));
    assertThat(finished.get("champion").asText()).isEqualTo("v0002");

    collection.add(20, 22);
    begin(collection, 3, "v0002", "data that are no longer there");
    JsonNode worse = done(configuration, "-Doptimizer.learning-rate=5");
    assertThat(worse.get("outcome").asText()).isEqualTo("kept");
    assertThat(worse.get("champion").asText()).isEqualTo("v0002");
    assertThat(worse.at("/decision/comparison/high").asDouble()).isNegative();
    assertThat(collection.sides()).hasSize(22).containsAllEntriesOf(sides);
    assertThat(collection.registry().resolve("decisions/0003.txt"))
        .content()
        .contains("kept", "paired bootstrap over");

    String registry = collection.registry().toString();
    JsonNode models = CommandResult.of("models", "--registry", registry, "--json", "-").json();
    assertThat(models.get("champion").asText()).isEqualTo("v0002");
    assertThat(models.get("versions").findValuesAsText("name"))
        .containsExactly("v0001", "v0002", "v0003");
    assertThat(models.at("/versions/1/parent").asText()).isEqualTo("v0001");
    assertThat(exported(registry)).isEqualTo(models.at("/versions/1/parameters_sha256").asText());

    CommandResult rollback =
        CommandResult.of("models", "--registry", registry, "--rollback", "--json", "-");
    assertThat(rollback.exitCode()).as(rollback.errors()).isZero();
    assertThat(rollback.json().get("champion").asText()).isEqualTo("v0001");
    assertThat(exported(registry)).isEqualTo(models.at("/versions/0/parameters_sha256").asText());
  }

  /** As if the process had been killed between the decision and the promotion. */
  private static void undoPromotion(GrowingCollection collection, JsonNode promoted)
      throws IOException {
    Files.delete(collection.registry().resolve("promotions/0000000002.json"));
    begin(collection, 2, "v0001", promoted.at("/decision/data/fingerprint").asText());
    assertThat(registry(collection).champion()).contains("v0001");
  }

  /** As if a process had been killed just after it set out. */
  private static void begin(
      GrowingCollection collection, int number, String champion, String fingerprint) {
    new RetrainingFiles(registry(collection))
        .begin(
            new Attempt(
                Attempt.FORMAT_VERSION,
                number,
                champion,
                fingerprint,
                8,
                new TreeMap<>(Map.of("train.epochs", "3")),
                "2026-01-01T00:00:00Z"));
  }

  private static RegistryDirectory registry(GrowingCollection collection) {
    return RegistryDirectory.open(collection.registry().toString(), new Configuration());
  }

  private String exported(String registry) {
    Path file = folder.resolve("exported-" + System.nanoTime());
    CommandResult result =
        CommandResult.of(
            "export",
            "--model",
            registry,
            "--format",
            "dl4j",
            "--output",
            file.toString(),
            "--json",
            "-");
    assertThat(result.exitCode()).as(result.errors()).isZero();
    return result.json().get("parameters_sha256").asText();
  }

  @Test
  void aSecondOneIsRefusedAndChangesNothing() throws IOException {
    GrowingCollection collection = new GrowingCollection(folder);
    Path configuration = collection.configuration();
    try (FolderLease lease = registry(collection).lease(holder -> {})) {
      CommandResult second = run(configuration);
      assertThat(second.exitCode()).isEqualTo(4);
      assertThat(second.errors()).contains("error REGISTRY_IN_USE", "process");
      assertThat(collection.dataset()).doesNotExist();
      lease.requireHeld();
      CommandResult promotion =
          CommandResult.of(
              "models", "--registry", collection.registry().toString(), "--promote", "v0001");
      assertThat(promotion.errors()).contains("error REGISTRY_IN_USE");
    }
  }

  @Test
  void whatIsMissingIsSaid() throws IOException {
    GrowingCollection collection = new GrowingCollection(folder);
    Path configuration = collection.configuration();
    assertThat(run(configuration, "-Dretrain.registry=").errors())
        .contains("error REGISTRY_MISSING");
    assertThat(CommandResult.of("models", "--promote", "v0001").errors())
        .contains("--promote and --rollback need --registry");
    assertThat(CommandResult.of("models", "--registry", folder.toString(), "unet").errors())
        .contains("leave out unet");
  }
}
