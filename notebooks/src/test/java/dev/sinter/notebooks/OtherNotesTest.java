package dev.sinter.notebooks;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each in interpreters of its own: a note needs none of the others. */
@Tag("full")
class OtherNotesTest {
  @TempDir private Path runs;

  @Test
  void comparesStrategies() throws Exception {
    NoteRun run = run("2-comparing-strategies.zpln");

    assertThat(Markup.polylines(run.html("Curves")))
        .hasSize(4)
        .allSatisfy(points -> assertThat(points.split(" ")).hasSize(5));
    assertThat(run.html("Curves"))
        .contains(">gradient-sharing<", ">16 bits<", ">threshold<", ">averaging<");
    List<List<String>> table = run.table("Bytes and accuracy");
    assertThat(table.get(0)).containsExactly("strategy", "kilobytes_per_step", "accuracy");
    Map<String, List<String>> byName =
        table.stream().skip(1).collect(Collectors.toMap(row -> row.get(0), Function.identity()));
    assertThat(byName).hasSize(4);
    double all = Double.parseDouble(byName.get("gradient-sharing").get(1));
    assertThat(byName.values())
        .filteredOn(row -> !row.get(0).equals("gradient-sharing"))
        .allSatisfy(row -> assertThat(Double.parseDouble(row.get(1))).isBetween(1.0, 0.9 * all));
    assertThat(Double.parseDouble(byName.get("gradient-sharing").get(2))).isGreaterThan(0.8);
    assertThat(run.text("One worker")).contains("same weights: true");
  }

  @Test
  void looksAtPredictions() throws Exception {
    NoteRun run = run("3-looking-at-predictions.zpln");

    assertThat(Markup.pictures(run.html("Examples"))).hasSize(16); // each with its mask beside it
    assertThat(run.table("Pixels of a slice"))
        .startsWith(List.of("split", "slices", "volumes", "anterior", "posterior"))
        .hasSize(4)
        .filteredOn(row -> !row.get(0).equals("split"))
        .allSatisfy(row -> assertThat(Double.parseDouble(row.get(3))).isPositive());
    assertThat(run.text("Train")).contains("epoch 8");
    assertThat(Markup.polylines(run.html("Curve"))).hasSize(1);
    List<List<String>> measures = run.table("Test");
    assertThat(measures).extracting(row -> row.get(0)).contains("anterior", "posterior");
    assertThat(measures.stream().skip(1))
        .allSatisfy(row -> assertThat(Double.parseDouble(row.get(1))).isGreaterThan(0.5));
    assertThat(Markup.pictures(run.html("Overlays")))
        .as("image, truth and model of each test volume")
        .hasSize(9)
        .filteredOn(Markup::isColoured)
        .hasSize(6);
    assertThat(run.table("Masks")).hasSize(6);
    assertThat(run.table("Masks").get(1).get(0)).endsWith(".nii.gz");
  }

  @Test
  void operatesOnNetwork() throws Exception {
    NoteRun run = run("4-surgery.zpln");

    assertThat(Markup.drawings(run.html("Before")))
        .singleElement()
        .satisfies(drawing -> assertThat(drawing).contains("plain20").doesNotContain("class=\"skip"));
    assertThat(Markup.drawings(run.html("Add skips")))
        .singleElement()
        .satisfies(drawing -> assertThat(drawing.split("class=\"skip", -1)).hasSizeGreaterThan(3));
    assertThat(run.table("Where blocks and layers end"))
        .startsWith(List.of("vertex", "output"))
        .contains(List.of("stage3-block2-relu", "64 x 8 x 8"));
    assertThat(run.text("The same answers as before"))
        .containsPattern("largest difference of a probability: (0\\.0|[0-9.]+E-[6-9])");
    assertThat(Markup.polylines(run.html("Curves"))).hasSize(2);
    List<List<String>> epochs = run.table("Bytes of each epoch");
    assertThat(epochs).hasSize(5);
    long frozen = Long.parseLong(epochs.get(1).get(3));
    long whole = Long.parseLong(epochs.get(4).get(3));
    assertThat(frozen).isPositive().isLessThan(whole);
    assertThat(run.text("Test")).containsPattern("before 0\\.\\d+, after (0\\.[6-9]|1\\.0)");
  }

  private NoteRun run(String file) throws Exception {
    try (Interpreters interpreters = NoteRun.interpreters(runs)) {
      return NoteRun.of(file, interpreters);
    }
  }
}
