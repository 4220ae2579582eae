package dev.sinter.notebooks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A Zeppelin note.
 *
 * @param name shown in Zeppelin, a path
 * @param paragraphs in order
 */
record Note(String name, List<Paragraph> paragraphs) {
  /** Where the notes of this repository lie. */
  static final Path FOLDER = Path.of("").toAbsolutePath();

  static Note read(Path file) {
    try {
      JsonNode note = new ObjectMapper().readTree(file.toFile());
      List<Paragraph> paragraphs = new ArrayList<>();
      for (JsonNode paragraph : note.get("paragraphs")) {
        paragraphs.add(
            Paragraph.of(
                paragraph.path("title").asText(""),
                paragraph.path("id").asText(),
                paragraph.get("text").asText()));
      }
      return new Note(note.get("name").asText(), List.copyOf(paragraphs));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The files of all notes, in the order of their names. */
  static List<Path> files() {
    try (Stream<Path> files = Files.list(FOLDER)) {
      return files.filter(file -> file.toString().endsWith(".zpln")).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
