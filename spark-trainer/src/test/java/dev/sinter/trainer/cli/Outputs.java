package dev.sinter.trainer.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** What commands wrote. */
final class Outputs {
  private Outputs() {}

  /** Names of all files below a folder; none where there is no folder. */
  static List<String> filesIn(Path output) {
    if (!Files.exists(output)) {
      return List.of();
    }
    try (Stream<Path> files = Files.walk(output)) {
      return files.filter(Files::isRegularFile).map(file -> file.getFileName().toString()).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The same without what TensorBoard is told of a run that had begun. */
  static List<String> withoutEvents(Path output) {
    return filesIn(output).stream().filter(name -> !name.startsWith("events.out.")).toList();
  }
}
