package dev.sinter.dataset;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;

/** What a location given by hand stands for: a file, a folder, or several by a pattern. */
public final class SourceListing {

  private SourceListing() {}

  /**
   * One thing that a location names.
   *
   * @param path qualified URI
   * @param folder whether it is a folder
   */
  public record Named(String path, boolean folder) {}

  /**
   * The files and folders that a path names; a {@code *}, {@code ?}, {@code [...]} or {@code {...}}
   * in a path that does not exist as such is a pattern. Sorted.
   *
   * @throws dev.sinter.error.SinterException {@code PATH_NOT_FOUND}, {@code STORAGE_FAILED}
   */
  public static List<Named> of(String location, Configuration configuration) {
    Path path = FileListing.path(location);
    try {
      var files = path.getFileSystem(configuration);
      FileStatus[] found;
      try {
        found = new FileStatus[] {files.getFileStatus(path)};
      } catch (FileNotFoundException e) {
        found = files.globStatus(path);
      }
      if (found == null || found.length == 0) {
        throw DatasetErrors.data(
            "PATH_NOT_FOUND",
            location + ": there is no such path",
            "Check the spelling; a path without a scheme is local, use hdfs:// for HDFS.");
      }
      return Arrays.stream(found)
          .map(status -> new Named(status.getPath().toString(), status.isDirectory()))
          .sorted(Comparator.comparing(Named::path))
          .toList();
    } catch (IOException e) {
      throw DatasetErrors.storage(path, e);
    }
  }

  /** All files below a folder, without texts beside images, sorted. */
  public static List<HadoopSourceFile> below(String folder, Configuration configuration) {
    List<HadoopSourceFile> files = new ArrayList<>();
    for (FileListing.Item item : FileListing.of(folder, configuration)) {
      files.add(new HadoopSourceFile(item.path(), configuration));
    }
    return files;
  }
}
