package dev.sinter.trainer;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.URI;
import java.util.Map;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.util.Progressable;
import org.apache.spark.SparkEnv;

/**
 * The local file system, which executors find broken: below a folder {@code down} they cannot write
 * optimizer states, below a folder {@code apart} they see no file.
 */
public final class WorkersFileSystem extends RawLocalFileSystem {
  /** Settings of a Spark session that knows the scheme {@code workers:}. */
  public static final Map<String, String> SETTINGS =
      Map.of("spark.hadoop.fs.workers.impl", WorkersFileSystem.class.getName());

  private static boolean onExecutor() {
    return SparkEnv.get() != null && !SparkEnv.get().executorId().equals("driver");
  }

  @Override
  public URI getUri() {
    return URI.create("workers:///");
  }

  @Override
  public String getScheme() {
    return "workers";
  }

  @Override
  public FSDataInputStream open(Path file, int bufferSize) throws IOException {
    if (onExecutor() && file.toString().contains("/apart/")) {
      throw new FileNotFoundException("File " + file + " does not exist");
    }
    return super.open(file, bufferSize);
  }

  @Override
  public FSDataOutputStream create(
      Path file,
      boolean overwrite,
      int bufferSize,
      short replication,
      long blockSize,
      Progressable progress)
      throws IOException {
    requireUp(file);
    return super.create(file, overwrite, bufferSize, replication, blockSize, progress);
  }

  @Override
  public FSDataOutputStream create(
      Path file,
      FsPermission permission,
      boolean overwrite,
      int bufferSize,
      short replication,
      long blockSize,
      Progressable progress)
      throws IOException {
    requireUp(file);
    return super.create(file, permission, overwrite, bufferSize, replication, blockSize, progress);
  }

  private static void requireUp(Path file) throws IOException {
    if (onExecutor() && file.toString().contains("/down/") && file.getName().startsWith("opt")) {
      throw new IOException("connection refused");
    }
  }
}
