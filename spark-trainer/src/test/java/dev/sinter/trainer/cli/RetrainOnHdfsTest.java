package dev.sinter.trainer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sinter.trainer.HdfsProcesses;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Dataset and registry on an HDFS of processes of its own, where no rename replaces a file. */
@Tag("full")
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RetrainOnHdfsTest {
  @TempDir Path folder;

  @Test
  void promotesAndRollsBack() throws Exception {
    GrowingCollection collection =
        new GrowingCollection(Files.createDirectory(folder.resolve("local")));
    Path configuration = collection.configuration();
    try (HdfsProcesses hdfs =
        HdfsProcesses.start(Files.createDirectory(folder.resolve("hdfs")), 1)) {
      String registry = hdfs.uri() + "/registry";
      String[] places = {
        "retrain",
        configuration.toString(),
        "-Ddata.output=" + hdfs.uri() + "/dataset",
        "--registry",
        registry,
        "--json",
        "-"
      };
      collection.add(0, 14);
      assertThat(json(places, "-Doptimizer.learning-rate=1e-5").get("outcome").asText())
          .isEqualTo("first");
      assertThat(json(places).get("outcome").asText()).isEqualTo("nothing-to-do");
      collection.add(14, 18);
      assertThat(json(places).get("outcome").asText()).isEqualTo("promoted");
      String[] models = {"models", "--registry", registry, "--json", "-"};
      assertThat(json(models).get("champion").asText()).isEqualTo("v0002");
      assertThat(json(models, "--rollback").get("champion").asText()).isEqualTo("v0001");
      assertThat(json(models, "--promote", "v0002").get("champion").asText()).isEqualTo("v0002");
      assertThat(hdfs.files().listStatus(new org.apache.hadoop.fs.Path("/registry")))
          .extracting(status -> status.getPath().getName())
          .containsExactlyInAnyOrder("decisions", "promotions", "versions");
    }
  }

  private static JsonNode json(String[] arguments, String... further) {
    List<String> all = new ArrayList<>(Arrays.asList(arguments));
    all.addAll(Arrays.asList(further));
    CommandResult result = CommandResult.of(all.toArray(String[]::new));
    assertThat(result.exitCode()).as(result.errors()).isZero();
    return result.json();
  }
}
