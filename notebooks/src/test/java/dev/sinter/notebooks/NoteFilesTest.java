package dev.sinter.notebooks;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class NoteFilesTest {
  private static final int MOST_LINES = 22;

  @Test
  void thereAreFourNotes() {
    assertThat(Note.files())
        .extracting(file -> file.getFileName().toString())
        .containsExactly(
            "1-first-experiment.zpln",
            "2-comparing-strategies.zpln",
            "3-looking-at-predictions.zpln",
            "4-surgery.zpln");
  }

  @ParameterizedTest
  @MethodSource("files")
  void isTutorial(Path file) {
    Note note = Note.read(file);

    assertThat(note.paragraphs()).extracting(Paragraph::id).doesNotHaveDuplicates();
    assertThat(note.paragraphs())
        .extracting(Paragraph::interpreter)
        .isSubsetOf(Set.of("md", "spark", "spark.sql"))
        .contains("md", "spark", "spark.sql");
    assertThat(note.paragraphs().get(0).code()).startsWith("# ");
    assertThat(note.paragraphs())
        .allSatisfy(
            paragraph -> {
              assertThat(paragraph.code()).isNotBlank();
              assertThat(paragraph.code().lines().count()).isLessThanOrEqualTo(MOST_LINES);
              assertThat(paragraph.title().isEmpty()).isEqualTo(isText(paragraph));
            });
  }

  @ParameterizedTest
  @MethodSource("files")
  void holdsNoResults(Path file) throws IOException {
    for (JsonNode paragraph : new ObjectMapper().readTree(file.toFile()).get("paragraphs")) {
      assertThat(paragraph.has("results")).isFalse();
    }
  }

  private static boolean isText(Paragraph paragraph) {
    return paragraph.interpreter().equals("md");
  }

  static Iterable<Path> files() {
    return Note.files();
  }
}
