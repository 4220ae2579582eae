package dev.sinter.dataset.source;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Larger collections beside the repository, which a clone does not have. */
final class SharedData {
  private SharedData() {}

  /** A folder of it, whether it is there or not. */
  static Path folder(String name) {
    Path parent = Path.of("").toAbsolutePath();
    while (parent.getParent() != null && !Files.isDirectory(parent.resolve("shared/data"))) {
      parent = parent.getParent();
    }
    return parent.resolve("shared/data").resolve(name);
  }

  static List<Path> files(Path folder, String ending) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(file -> file.toString().endsWith(ending)).sorted().toList();
    }
  }
}
