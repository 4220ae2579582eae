package dev.sinter.trainer.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The shipped configurations on whole public collections; skipped where {@code ../shared/data} is
 * not beside the clone.
 */
@Tag("full")
class WholeCollectionsTest {
  private static final Path CONFIGURATIONS = Path.of("../cluster-configs/local");
  private static final Path DATA = Path.of("../../shared/data");

  @TempDir private Path folder;

  @Test
  void hippocampus() throws IOException {
    Path collection = DATA.resolve("seg3d/msd_hippocampus");
    assumeThat(collection).isDirectory();
    JsonNode result =
        train(
            "hippocampus.yaml",
            "-Ddata.input=" + collection.resolve("images"),
            "-Ddata.masks=" + collection.resolve("labels"),
            "-Dtrain.epochs=4");
    assertThat(result.at("/test/dice/mean_foreground").asDouble()).isGreaterThan(0.8);
  }

  @Test
  void mednist() throws IOException {
    Path collection = DATA.resolve("cls/mednist");
    assumeThat(collection).isDirectory();
    JsonNode result = train("mednist.yaml", "-Ddata.input=" + collection, "-Dtrain.epochs=1");
    assertThat(result.at("/test/accuracy").asDouble()).isGreaterThan(0.97);
  }

  private JsonNode train(String configuration, String... overrides) throws IOException {
    Path json = folder.resolve("result.json");
    String[] arguments = new String[overrides.length + 6];
    arguments[0] = "train";
    arguments[1] = CONFIGURATIONS.resolve(configuration).toString();
    arguments[2] = "-Ddata.output=" + folder.resolve("dataset");
    arguments[3] = "-Dtrain.output=" + folder.resolve("run");
    arguments[4] = "--json";
    arguments[5] = json.toString();
    System.arraycopy(overrides, 0, arguments, 6, overrides.length);
    CommandResult result = CommandResult.of(arguments);
    assertThat(result.exitCode()).as(result.errors()).isZero();
    return new ObjectMapper().readTree(json.toFile());
  }
}
