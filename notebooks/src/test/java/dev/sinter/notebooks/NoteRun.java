package dev.sinter.notebooks;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A note that ran to its end. What it showed is in {@code target/notes} as a page, to be looked at.
 *
 * @param results of all paragraphs, in order
 */
record NoteRun(List<ParagraphResult> results) {
  /** The repository's sample sets. */
  static final Path SAMPLES = Note.FOLDER.resolveSibling("samples");

  /** Copies the list. */
  NoteRun {
    results = List.copyOf(results);
  }

  /**
   * Interpreters with two slots on this machine.
   *
   * @param runs where notes write
   */
  static Interpreters interpreters(Path runs) {
    return new Interpreters(
        Map.of(
            "spark.master",
            "local[2]",
            "spark.sinter.samples",
            SAMPLES.toString(),
            "spark.sinter.runs",
            runs.toString()));
  }

  /** Runs every paragraph. */
  static NoteRun of(String file, Interpreters interpreters) {
    Note note = Note.read(Note.FOLDER.resolve(file));
    List<ParagraphResult> results = interpreters.run(note);
    write(file, note, results);
    return new NoteRun(results);
  }

  static void write(String file, Note note, List<ParagraphResult> results) {
    Path page = Note.FOLDER.resolve("target/notes").resolve(file.replace(".zpln", ".html"));
    NotePage.write(page, note.name(), results);
  }

  /** The paragraph under a title. */
  ParagraphResult under(String title) {
    return results.stream()
        .filter(result -> result.paragraph().title().equals(title))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no paragraph is called " + title));
  }

  /** The HTML under a title. */
  String html(String title) {
    return under(title).data("HTML");
  }

  /** The text under a title. */
  String text(String title) {
    return under(title).data("TEXT");
  }

  /** The table under a title: a list of rows, the names of the columns first. */
  List<List<String>> table(String title) {
    return under(title).data("TABLE").lines().map(line -> List.of(line.split("\t", -1))).toList();
  }
}
