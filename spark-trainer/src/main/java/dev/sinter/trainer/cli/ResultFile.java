package dev.sinter.trainer.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import dev.sinter.trainer.checkpoint.AtomicFiles;
import java.io.IOException;
import java.io.OutputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkConf;
import org.apache.spark.deploy.SparkHadoopUtil;

/**
 * The file of {@code --json} where it is a URI: on a file system that others see, too. Of a driver
 * that runs somewhere on the cluster nobody sees the exit code or standard output, so a failure is
 * written there as well.
 */
final class ResultFile {
  private static final Pattern URI = Pattern.compile("[a-z][a-z0-9+.-]*://?/?.+");
  private static final String OPTION = "--json";

  private final Path path;

  private ResultFile(String location) {
    this.path = new Path(location);
  }

  /** The file, if {@code --json} was given a URI. */
  static Optional<ResultFile> of(Optional<String> target) {
    return target.filter(location -> URI.matcher(location).matches()).map(ResultFile::new);
  }

  /** The same from the words of a command line that may be wrong elsewhere. */
  static Optional<ResultFile> in(String... arguments) {
    String found = null;
    for (int i = 0; i < arguments.length; i++) {
      if (arguments[i].equals(OPTION) && i + 1 < arguments.length) {
        found = arguments[i + 1];
      } else if (arguments[i].startsWith(OPTION + "=")) {
        found = arguments[i].substring(OPTION.length() + 1);
      }
    }
    return of(Optional.ofNullable(found));
  }

  /** What Hadoop's and Spark's configuration say, without a session. */
  static Configuration hadoop() {
    return SparkHadoopUtil.get().newConfiguration(new SparkConf());
  }

  /**
   * Removes the result of an earlier run, and checks that this one's can be written.
   *
   * @throws SinterException {@code JSON_NOT_WRITTEN}
   */
  void begin() {
    try {
      FileSystem files = path.getFileSystem(hadoop());
      Path probe = new Path(path.getParent(), "." + path.getName() + ".probe");
      try (OutputStream stream = files.create(probe, true)) {
        stream.flush();
      }
      files.delete(probe, false);
      files.delete(path, false);
    } catch (IOException e) {
      throw JsonOutput.notWritten(path.toString(), e);
    } catch (IllegalArgumentException e) { // HDFS, of a host that nobody knows
      throw JsonOutput.notWritten(path.toString(), new IOException(e));
    }
  }

  void write(String text) {
    try {
      AtomicFiles.writeText(path.getFileSystem(hadoop()), path, text);
    } catch (IOException e) {
      throw JsonOutput.notWritten(path.toString(), e);
    }
  }

  /** Writes why the command failed, unless it has written its result. */
  void writeFailure(SinterException failure) {
    Map<String, Object> error = new LinkedHashMap<>();
    error.put("code", failure.code());
    error.put("message", failure.getMessage());
    error.put("next", failure.remedy());
    error.put("exit_code", failure.category().exitCode());
    try {
      if (!path.getFileSystem(hadoop()).exists(path)) {
        write(JsonOutput.MAPPER.writeValueAsString(Map.of("error", error)) + "\n");
      }
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    } catch (IOException e) {
      throw JsonOutput.notWritten(path.toString(), e);
    }
  }

  /**
   * The text of a result.
   *
   * @throws SinterException {@code RESULT_MISSING}
   */
  static String read(String location) {
    Path path = new Path(location);
    try {
      FileSystem files = path.getFileSystem(hadoop());
      if (files.exists(path)) {
        return AtomicFiles.readText(files, path);
      }
    } catch (IOException e) {
      throw AtomicFiles.failure(path, e);
    }
    throw new SinterException(
        ErrorCategory.RESOURCES,
        "RESULT_MISSING",
        "there is no result at " + location,
        "the driver has not ended, or ended before it could write one: its log says why (Spark's master"
            + " or worker page, `yarn logs -applicationId`, `kubectl logs`)");
  }
}
