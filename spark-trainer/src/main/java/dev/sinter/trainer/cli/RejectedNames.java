package dev.sinter.trainer.cli;

import dev.sinter.dataset.Verification.RejectedName;
import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import java.io.IOException;
import java.io.Writer;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;

/** A local file of true names, which its owner alone can read from its first byte on. */
final class RejectedNames {
  private RejectedNames() {}

  static void write(Path file, List<RejectedName> names) {
    try {
      Files.deleteIfExists(file);
      var options = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
      var ownerOnly =
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
      try (Writer out =
          Channels.newWriter(
              Files.newByteChannel(file, options, ownerOnly), StandardCharsets.UTF_8)) {
        for (RejectedName name : names) {
          out.write(name.code() + "\t" + name.shown() + "\t" + name.path() + "\n");
        }
      }
    } catch (IOException e) {
      throw new SinterException(
          ErrorCategory.RESOURCES,
          "REJECTED_NAMES_NOT_WRITTEN",
          file + " cannot be written: " + e,
          "give --rejected-names a file in a folder that you may write to",
          e);
    }
  }
}
