package dev.sinter.notebooks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;

/** What the first note shows, whoever runs it. */
final class FirstNoteExpectations {
  private FirstNoteExpectations() {}

  static void check(NoteRun run) {
    assertThat(run.results())
        .filteredOn(result -> result.paragraph().interpreter().equals("md"))
        .isNotEmpty()
        .allSatisfy(result -> assertThat(result.data("HTML")).containsPattern("<(p|h1)>"));
    assertThat(run.results().get(0).data("HTML")).contains("<h1>A first experiment</h1>");

    assertThat(run.table("Prepare"))
        .startsWith(List.of("class", "train", "val", "test"))
        .contains(List.of("Hand", "70", "15", "15"))
        .hasSize(7);
    assertThat(Markup.pictures(run.html("Examples"))).hasSize(12);
    assertThat(run.table("Images of each split"))
        .startsWith(List.of("split", "images", "patients", "brightness"))
        .extracting(row -> row.get(1))
        .containsExactlyInAnyOrder("images", "420", "90", "90");

    assertThat(run.text("Train")).contains("epoch 1  loss", "epoch 6  loss");
    assertThat(Markup.polylines(run.html("Loss")))
        .hasSize(2)
        .allSatisfy(points -> assertThat(points.split(" ")).hasSize(6));

    List<List<Long>> confusion = Markup.counts(run.html("Confusion"));
    assertThat(confusion).hasSize(6).allSatisfy(row -> assertThat(row).hasSize(6));
    assertThat(confusion.stream().flatMap(List::stream).mapToLong(Long::longValue).sum())
        .isEqualTo(90);
    long right = 0;
    for (int i = 0; i < confusion.size(); i++) {
      right += confusion.get(i).get(i);
    }
    assertThat(right).as("right of 90").isGreaterThanOrEqualTo(72);

    assertThat(run.table("Measures of each class")).hasSize(7);
    assertThat(Markup.pictures(run.html("What the model said"))).hasSize(6);
    assertThat(run.text("The run's folder")).contains("mednist/resnet20");
  }
}
