package dev.sinter.trainer.checkpoint;

import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.apache.hadoop.fs.FSError;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** Files on a Hadoop file system that are whole or absent: temporary name, close, rename. */
public final class AtomicFiles {
  /** What fills a file. */
  @FunctionalInterface
  public interface Content {
    /** Writes everything; may close the stream. */
    void writeTo(OutputStream stream) throws IOException;
  }

  private AtomicFiles() {}

  /** Writes a file and replaces the one that is there. */
  public static void write(FileSystem files, Path path, Content content) {
    Path temporary = new Path(path.getParent(), "." + path.getName() + ".tmp");
    try {
      try (OutputStream stream = files.create(temporary, true)) {
        content.writeTo(stream);
      }
      if (files.exists(path)) {
        files.delete(path, false);
      }
      if (!files.rename(temporary, path)) {
        throw new IOException("renaming " + temporary + " to " + path + " failed");
      }
    } catch (IOException e) {
      deleteQuietly(files, temporary, e);
      throw failure(path, e);
    } catch (FSError e) { // how Hadoop's local file system reports a full disk
      deleteQuietly(files, temporary, e);
      throw failure(path, new IOException(e.getMessage()));
    }
  }

  /** Writes UTF-8 text. */
  public static void writeText(FileSystem files, Path path, String text) {
    write(files, path, stream -> stream.write(text.getBytes(StandardCharsets.UTF_8)));
  }

  /** Reads UTF-8 text. */
  public static String readText(FileSystem files, Path path) {
    try (InputStream stream = files.open(path)) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw failure(path, e);
    }
  }

  /** Deletes after a failure; a second failure is kept beside the first. */
  static void deleteQuietly(FileSystem files, Path path, Throwable first) {
    try {
      files.delete(path, true);
    } catch (IOException e) {
      first.addSuppressed(e);
    }
  }

  /** Deletes what may be left of an unfinished folder. */
  public static void deleteIfThere(FileSystem files, Path path) {
    try {
      files.delete(path, true);
    } catch (IOException e) {
      throw failure(path, e);
    }
  }

  /** Says what a file system's failure means to the user. */
  public static SinterException failure(Path path, IOException e) {
    String text = (e + " " + e.getCause()).toLowerCase(Locale.ROOT);
    if (text.contains("no space left") || text.contains("quota")) {
      return new SinterException(
          ErrorCategory.RESOURCES,
          "DISK_FULL",
          "no space is left for " + path,
          "free space, or set train.output (data.output) to a file system with more; nothing half-written was kept",
          e);
    }
    if (e instanceof FileNotFoundException && !text.contains("permission")) {
      return new SinterException(
          ErrorCategory.DATA,
          "PATH_NOT_FOUND",
          "there is no " + path,
          "check the path and its scheme (file:, hdfs:)",
          e);
    }
    if (e instanceof FileAlreadyExistsException
        || e instanceof org.apache.hadoop.fs.ParentNotDirectoryException) {
      return new SinterException(
          ErrorCategory.USAGE,
          "PATH_IS_A_FILE",
          path + " cannot be made: a file is where a folder is needed",
          "choose another folder",
          e);
    }
    return new SinterException(
        ErrorCategory.RESOURCES,
        "FILE_SYSTEM_FAILURE",
        path + ": " + (e.getMessage() == null ? e : e.getMessage()),
        "check that the file system is up and that you may read and write there",
        e);
  }
}
