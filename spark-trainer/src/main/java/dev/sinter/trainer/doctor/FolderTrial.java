package dev.sinter.trainer.doctor;

import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import dev.sinter.trainer.checkpoint.AtomicFiles;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Writes, renames and reads small files in a folder, or in what is there of it, and takes them
 * away. Hadoop's own checks of permissions say less than trying.
 */
final class FolderTrial implements AutoCloseable {
  private static final String PREFIX = ".sinter-doctor-";
  private static final byte[] CONTENT = {'s', 'i', 'n', 't', 'e', 'r'};

  private final FileSystem files;
  private final Path file;

  private FolderTrial(FileSystem files, Path folder) {
    this.files = files;
    this.file = new Path(folder, PREFIX + UUID.randomUUID());
  }

  /** Sees that a file, or the first one of a folder, can be opened. */
  static int read(String uri, Configuration hadoop) {
    Path path = new Path(uri);
    try {
      FileSystem files = path.getFileSystem(hadoop);
      FileStatus status = files.getFileStatus(path);
      if (status.isDirectory()) {
        return files.listStatus(path).length;
      }
      try (InputStream in = files.open(path)) {
        return in.read();
      }
    } catch (FileNotFoundException e) {
      throw new SinterException(
          ErrorCategory.USAGE,
          "PATH_NOT_FOUND",
          "there is no " + path,
          "correct the path and its scheme (file:, hdfs:); executors of other hosts see shared file systems"
              + " alone",
          e);
    } catch (IOException e) {
      throw AtomicFiles.failure(path, e);
    }
  }

  /** Begins in the folder, or in the nearest one above it that is there. */
  static FolderTrial begin(String uri, Configuration hadoop) {
    Path path = new Path(uri);
    try {
      FileSystem files = path.getFileSystem(hadoop);
      Path folder = path;
      while (folder.getParent() != null && !files.exists(folder)) {
        folder = folder.getParent();
      }
      return new FolderTrial(files, folder);
    } catch (IOException e) {
      throw AtomicFiles.failure(path, e);
    }
  }

  /** Tries the same beside the driver's file, which must be there already. */
  static int join(String mark, Configuration hadoop) {
    Path driver = new Path(mark);
    try {
      FileSystem files = driver.getFileSystem(hadoop);
      requireContent(files, driver);
      try (FolderTrial trial = new FolderTrial(files, driver.getParent())) {
        trial.write();
      }
      return CONTENT.length;
    } catch (FileNotFoundException e) {
      throw new SinterException(
          ErrorCategory.RESOURCES,
          "RUN_FOLDER_NOT_SHARED",
          "what the driver has written to " + driver.getParent() + " is not there",
          "a location on a file system that driver and executors share (hdfs:, s3a:, a mount)",
          e);
    } catch (IOException e) {
      throw AtomicFiles.failure(driver.getParent(), e);
    }
  }

  private static void requireContent(FileSystem files, Path path) throws IOException {
    try (InputStream in = files.open(path)) {
      if (!Arrays.equals(in.readAllBytes(), CONTENT)) {
        throw new IOException("what is read is not what was written");
      }
    }
  }

  /** Writes, renames and reads. */
  void write() {
    Path temporary = file.suffix(".tmp");
    try {
      try (OutputStream out = files.create(temporary, false)) {
        out.write(CONTENT);
      }
      if (!files.rename(temporary, file)) {
        throw new IOException("files cannot be renamed");
      }
      requireContent(files, file);
    } catch (IOException e) {
      delete(temporary);
      throw failure(e);
    }
  }

  /** The file that others look for. */
  String mark() {
    return files.makeQualified(file).toString();
  }

  /** What the file system has left; as much as can be where it does not say. */
  long freeBytes() {
    try {
      return files.getStatus(file.getParent()).getRemaining();
    } catch (IOException e) {
      return Long.MAX_VALUE;
    }
  }

  /** The same for people. */
  String room() {
    long free = freeBytes();
    return free == Long.MAX_VALUE ? "" : ", " + Wording.bytes(free) + " free";
  }

  private SinterException failure(IOException e) {
    SinterException known = AtomicFiles.failure(file.getParent(), e);
    return known.code().equals("PATH_IS_A_FILE") || known.code().equals("DISK_FULL")
        ? known
        : new SinterException(
            ErrorCategory.RESOURCES,
            "FILE_SYSTEM_FAILURE",
            file.getParent() + " cannot be written: " + e.getMessage(),
            "permissions there (owner and group of the user of driver and executors), or another location",
            e);
  }

  /** Takes away what was written. */
  @Override
  public void close() {
    delete(file);
  }

  private void delete(Path path) {
    try {
      files.delete(path, false);
    } catch (IOException e) {
      // It could not be written either; that is the failure.
    }
  }
}
