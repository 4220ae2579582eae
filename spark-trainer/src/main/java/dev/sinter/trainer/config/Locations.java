package dev.sinter.trainer.config;

import dev.sinter.error.ErrorCategory;
import dev.sinter.error.Redaction;
import dev.sinter.error.SinterException;
import dev.sinter.trainer.checkpoint.AtomicFiles;
import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/** Makes locations mean the same in every process. */
public final class Locations {
  private Locations() {}

  /**
   * A location with scheme and absolute path: without a scheme on the default file system, relative
   * to its working directory.
   *
   * @throws SinterException {@code LOCATION_INVALID}, {@code LOCATION_HAS_PASSWORD}, or what keeps
   *     the file system from being reached
   */
  public static String qualified(String location, Configuration hadoop) {
    Redaction.requireNone("a location", location);
    Path path;
    try {
      path = new Path(location);
    } catch (IllegalArgumentException e) {
      throw new SinterException(
          ErrorCategory.USAGE,
          "LOCATION_INVALID",
          "'" + location + "' is not a path or URI: " + e.getMessage(),
          "give a path such as /data/xrays, or a URI such as hdfs://namenode/data/xrays",
          e);
    }
    try {
      return path.getFileSystem(hadoop).makeQualified(path).toString();
    } catch (IOException e) {
      throw AtomicFiles.failure(path, e);
    }
  }
}
