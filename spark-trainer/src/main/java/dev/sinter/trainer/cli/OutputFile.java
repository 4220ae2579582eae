package dev.sinter.trainer.cli;

import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import dev.sinter.trainer.checkpoint.AtomicFiles;
import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** A file that a command writes and never overwrites. */
final class OutputFile {
  private OutputFile() {}

  /**
   * The file system of a file that is not there yet.
   *
   * @throws SinterException {@code OUTPUT_EXISTS}
   */
  static FileSystem free(Path target, Configuration hadoop) {
    try {
      FileSystem files = target.getFileSystem(hadoop);
      if (files.exists(target)) {
        throw new SinterException(
            ErrorCategory.USAGE,
            "OUTPUT_EXISTS",
            target + " exists",
            "choose another --output, or remove it");
      }
      return files;
    } catch (IOException e) {
      throw AtomicFiles.failure(target, e);
    }
  }
}
