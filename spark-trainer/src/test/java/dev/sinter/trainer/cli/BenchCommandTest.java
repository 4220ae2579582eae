package dev.sinter.trainer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sinter.trainer.TinyCollections;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BenchCommandTest {
  @Test
  void measuresInProcessesOfTheirOwn() {
    CommandResult result =
        CommandResult.of(
            ("bench step --model resnet18 --size 32 --classes 3 --micro-batch-size 2 --threads 1"
                    + " --engines sinter,libtorch-bare --precision fp32,bf16"
                    + " --seconds 0 --steps 2 --rounds 1 --json -")
                .split(" "));

    assertThat(result.exitCode()).as(result.errors()).isZero();
    JsonNode results = result.json().get("results");
    assertThat(texts(results, "engine"))
        .containsExactly("sinter", "libtorch-bare", "sinter", "libtorch-bare");
    assertThat(texts(results, "precision")).containsExactly("fp32", "fp32", "bf16", "bf16");
    List<String> keys = new ArrayList<>();
    results.get(0).fieldNames().forEachRemaining(keys::add);
    assertThat(keys)
        .containsExactly(
            "model",
            "size",
            "classes",
            "micro_batch",
            "engine",
            "precision",
            "threads",
            "images_per_second",
            "peak_memory_bytes",
            "base_memory_bytes",
            "cpu_seconds_per_image",
            "images_per_second_by_round");
    for (JsonNode row : results) {
      assertThat(row.get("images_per_second").doubleValue()).isPositive();
      assertThat(row.get("peak_memory_bytes").longValue())
          .isGreaterThan(row.get("base_memory_bytes").longValue());
      assertThat(row.get("cpu_seconds_per_image").doubleValue()).isPositive();
      assertThat(row.get("micro_batch").intValue()).isEqualTo(2);
    }
    JsonNode ratios = result.json().get("ratios");
    assertThat(texts(ratios, "against")).containsExactly("libtorch-bare", "libtorch-bare");
    assertThat(texts(ratios, "against_precision")).containsExactly("fp32", "bf16");
    JsonNode ratio = ratios.get(0);
    assertThat(ratio.get("images_per_second").doubleValue())
        .isEqualTo(
            results.get(0).get("images_per_second").doubleValue()
                / results.get(1).get("images_per_second").doubleValue());
    assertThat(result.errors()).contains("round 1 of 1", "times the images/s");
  }

  @Test
  void measuresTheExchangeBetweenProcesses() {
    CommandResult result =
        CommandResult.of(
            "bench sync --workers 2 --floats 20000 --rounds 2 --compression none,bf16,top-k --json -"
                .split(" "));

    assertThat(result.exitCode()).as(result.errors()).isZero();
    JsonNode row = result.json().get("results").get(0);
    List<String> keys = new ArrayList<>();
    row.fieldNames().forEachRemaining(keys::add);
    assertThat(keys)
        .containsExactly(
            "method",
            "workers",
            "floats",
            "compression",
            "milliseconds",
            "bytes_sent",
            "loopback_fraction",
            "plain_milliseconds",
            "cpu_nanos_per_byte",
            "plain_cpu_nanos_per_byte",
            "loopback_fraction_by_round");
    assertThat(row.get("workers").intValue()).isEqualTo(2);
    assertThat(row.get("compression").textValue()).isEqualTo("none");
    // Slices are whole blocks of 4096 floats: two and three of them, each sent once per phase.
    assertThat(row.get("bytes_sent").longValue()).isEqualTo(20_000 * 4);
    assertThat(row.get("milliseconds").doubleValue()).isPositive();
    assertThat(row.get("loopback_fraction").doubleValue()).isPositive();
    assertThat(row.get("cpu_nanos_per_byte").doubleValue()).isPositive();
    assertThat(row.get("loopback_fraction_by_round")).hasSize(2);
    assertThat(result.errors()).contains("2 workers, 20,000 floats");

    JsonNode half = result.json().get("results").get(1);
    assertThat(half.get("compression").textValue()).isEqualTo("bf16");
    // Its peer's 8192 gradients in 16 bits, its own 11808 parameters in 32; and losses and norms.
    assertThat(half.get("bytes_sent").longValue()).isBetween(63_616L, 64_000L);
    JsonNode few = result.json().get("results").get(2);
    assertThat(few.get("compression").textValue()).isEqualTo("top-k");
    assertThat(few.get("bytes_sent").longValue()).isBetween(200L, 2000L);

    JsonNode dl4j = result.json().get("results").get(3);
    assertThat(dl4j.get("method").textValue()).isEqualTo("dl4j-averaging");
    assertThat(dl4j.get("workers").intValue()).isEqualTo(2);
    assertThat(dl4j.get("milliseconds").doubleValue()).isPositive();
    assertThat(dl4j.has("bytes_sent")).as("DL4J's master does not count bytes").isFalse();
  }

  @Test
  void measuresTheReader() {
    CommandResult result =
        CommandResult.of(
            ("bench data --model resnet18 --size 32 --micro-batch-size 4 --threads 1 --seconds 0"
                    + " --json -")
                .split(" "));

    assertThat(result.exitCode()).as(result.errors()).isZero();
    assertThat(result.json().get("model").textValue()).isEqualTo("resnet18");
    JsonNode consumer = result.json().get("consumer");
    assertThat(consumer.get("engine").textValue()).isEqualTo("libtorch-bare");
    JsonNode results = result.json().get("results");
    assertThat(texts(results, "stage"))
        .containsExactly("shards", "decode", "augment", "augment-all");
    for (JsonNode row : results) {
      assertThat(row.get("threads").intValue()).isEqualTo(1);
      assertThat(row.get("times_consumer").doubleValue())
          .isEqualTo(
              row.get("samples_per_second").doubleValue()
                  / consumer.get("images_per_second").doubleValue());
    }
  }

  @Test
  void measuresReadingAndCountsWhatCannotBeRead(@TempDir Path folder) throws IOException {
    TinyCollections.classes(folder, 3, 16);
    Files.writeString(folder.resolve("rows").resolve("note.png"), "no image");

    CommandResult result =
        CommandResult.of(
            "bench", "read", folder.toString(), "--threads", "2", "--rounds", "3", "--json", "-");

    assertThat(result.exitCode()).as(result.errors()).isZero();
    assertThat(result.json().get("files").intValue()).isEqualTo(7);
    assertThat(result.json().get("unreadable").intValue()).isEqualTo(1);
    assertThat(result.json().get("stored_bytes").intValue()).isEqualTo(6 * 256);
    JsonNode rounds = result.json().get("files_per_second_by_round");
    assertThat(rounds).hasSize(3);
    assertThat(result.json().get("files_per_second")).isEqualTo(rounds.get(0));
    assertThat(result.json().get("steady_files_per_second").doubleValue())
        .isEqualTo((rounds.get(1).doubleValue() + rounds.get(2).doubleValue()) / 2);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "bench data --threads 0 | USAGE | --threads has to be 1 or more",
        "bench data --model skip-mlp | USAGE | --model has to be a network of images",
        "bench | USAGE | sinter bench step",
        "bench read --rounds 0 pom.xml | USAGE | --rounds has to be 1",
        "bench sync --workers 1 | USAGE | --workers is 1",
        "bench sync --rounds 0 | USAGE | --rounds is 0",
        "bench sync --floats 0 | USAGE | --floats is 0",
        "bench sync --compression zip | USAGE | zip",
        "bench step --engines torch | USAGE | libtorch-bare",
        "bench step --precision fp8 | USAGE | fp8",
        "bench step --threads 0 | USAGE | --threads is 0",
        "bench step --rounds -1 | USAGE | --rounds is -1",
        "bench step --seconds NaN | USAGE | --seconds",
        "bench step --model resnet19 | MODEL_UNKNOWN | resnet18",
        "bench step --size 16 | IMAGE_TOO_SMALL_FOR_MODEL | 32x32",
        "bench step --classes 1 | CLASSES_TOO_FEW | 2",
      })
  void refusesWhatCannotBeMeasured(String arguments, String code, String hint) {
    CommandResult result = CommandResult.of(arguments.split(" "));

    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.errors()).startsWith("error " + code).contains(hint);
    assertThat(result.errors()).doesNotContain("\tat ");
  }

  private static List<String> texts(JsonNode rows, String key) {
    return StreamSupport.stream(rows.spliterator(), false)
        .map(row -> row.get(key).textValue())
        .toList();
  }
}
