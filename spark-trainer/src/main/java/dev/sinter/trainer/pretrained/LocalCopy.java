package dev.sinter.trainer.pretrained;

import dev.sinter.error.SinterException;
import java.io.IOException;
import java.nio.file.Files;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** A remote file on local disk, in a folder of its own, for as long as it is used. */
record LocalCopy(java.nio.file.Path file) implements AutoCloseable {

  static LocalCopy of(FileSystem files, Path path) throws IOException {
    java.nio.file.Path folder = Files.createTempDirectory("sinter-weights");
    LocalCopy copy = new LocalCopy(folder.resolve(path.getName()));
    try {
      files.copyToLocalFile(false, path, new Path(copy.file().toUri()), true);
      return copy;
    } catch (IOException | RuntimeException e) {
      try {
        copy.close();
      } catch (IOException second) {
        e.addSuppressed(second);
      }
      throw e;
    }
  }

  /** Uses the copy; a failure names the original, which is what its user knows. */
  <T> T use(String uri, PretrainedWeights.Use<T> use) throws IOException {
    try {
      return use.of(file);
    } catch (SinterException e) {
      if (!e.getMessage().contains(file.toString())) {
        throw e;
      }
      throw new SinterException(
          e.category(), e.code(), e.getMessage().replace(file.toString(), uri), e.remedy(), e);
    }
  }

  @Override
  public void close() throws IOException {
    Files.deleteIfExists(file);
    Files.delete(file.getParent());
  }
}
