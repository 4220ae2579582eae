package dev.sinter.dataset;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileContext;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Options;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.UnsupportedFileSystemException;

/** Replaces a file in one step: at any time the old one is there or the new one. Driver only. */
final class AtomicOverwrite {
  private AtomicOverwrite() {}

  static void rename(FileSystem files, Path from, Path to, Configuration configuration)
      throws IOException {
    if (files instanceof LocalFileSystem local) {
      renameLocal(local, from, to);
      return;
    }
    try {
      FileContext.getFileContext(to.toUri(), configuration)
          .rename(from, to, Options.Rename.OVERWRITE);
    } catch (UnsupportedFileSystemException e) { // an object store may know no better
      files.delete(to, false);
      if (!files.rename(from, to)) {
        throw new IOException("cannot rename " + from + " to " + to);
      }
    }
  }

  /** Hadoop keeps a checksum beside a file: without one it reads the file as it is. */
  private static void renameLocal(LocalFileSystem files, Path from, Path to) throws IOException {
    files.delete(files.getChecksumFile(to), false);
    Files.move(
        files.pathToFile(from).toPath(),
        files.pathToFile(to).toPath(),
        StandardCopyOption.ATOMIC_MOVE);
    java.nio.file.Path checksum = files.pathToFile(files.getChecksumFile(from)).toPath();
    if (Files.exists(checksum)) {
      Files.move(
          checksum,
          files.pathToFile(files.getChecksumFile(to)).toPath(),
          StandardCopyOption.REPLACE_EXISTING);
    }
  }
}
