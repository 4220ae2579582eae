package dev.sinter.bundle;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/** A page of the documentation, whose commands a test runs as they stand. */
record Page(Path file) {
  static final Path REPOSITORY = Path.of("..").toAbsolutePath().normalize();

  /** A page below {@code docs}. */
  static Page of(String name) {
    return new Page(REPOSITORY.resolve("docs").resolve(name));
  }

  /**
   * The blocks for one kind of cluster, in order.
   *
   * @param kind as behind the three ticks: {@code sh standalone}
   */
  List<String> commands(String kind) throws IOException {
    return Pattern.compile("(?ms)^```sh " + Pattern.quote(kind) + "\\n(.*?)^```$")
        .matcher(Files.readString(file))
        .results()
        .map(block -> block.group(1))
        .toList();
  }

  /** The blocks that hold a text. */
  List<String> commands(String kind, String containing) throws IOException {
    List<String> found =
        commands(kind).stream().filter(block -> block.contains(containing)).toList();
    if (found.isEmpty()) {
      throw new IOException("no block `sh " + kind + "` of " + file + " holds: " + containing);
    }
    return found;
  }
}
