package dev.sinter.trainer.cli;

import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.fs.FileUtil;

/** The demo's output folder: an earlier demo is replaced, anything else is left alone. */
final class DemoFolder {
  private static final String MARKER = ".sinter-demo";

  private final Path root;

  private DemoFolder(Path root) {
    this.root = root.toAbsolutePath().normalize();
  }

  /**
   * Makes an empty folder in place of an earlier demo's.
   *
   * @throws SinterException {@code OUTPUT_EXISTS} when the folder holds anything but a demo
   */
  static DemoFolder replace(Path path) {
    DemoFolder folder = new DemoFolder(path);
    try {
      if (Files.exists(folder.root) && !isEmpty(folder.root)) {
        if (!Files.exists(folder.root.resolve(MARKER))) {
          throw new SinterException(
              ErrorCategory.USAGE,
              "OUTPUT_EXISTS",
              folder.root + " holds something that is not an earlier demo",
              "give --output another folder");
        }
        FileUtil.fullyDelete(folder.root.toFile());
      }
      Files.createDirectories(folder.root);
      Files.writeString(folder.root.resolve(MARKER), "");
      return folder;
    } catch (IOException e) {
      throw new SinterException(
          ErrorCategory.RESOURCES,
          "FILE_SYSTEM_FAILURE",
          folder.root + ": " + e,
          "give --output a folder that you may write to",
          e);
    }
  }

  Path run(String name) {
    return root.resolve(name);
  }

  private static boolean isEmpty(Path folder) throws IOException {
    try (var entries = Files.list(folder)) {
      return entries.findAny().isEmpty();
    }
  }
}
