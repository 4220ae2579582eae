package dev.sinter.dataset;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;

/** Files below a folder of any Hadoop file system, sorted by their relative paths. Driver only. */
final class FileListing {

  private FileListing() {}

  /** A file. */
  record Item(String path, String relative, long bytes) {}

  /** Path of a text that may be a URI or a plain local path. */
  static Path path(String text) {
    Path path = new Path(text);
    return path.toUri().getScheme() == null
        ? new Path(
            "file", null, java.nio.file.Path.of(text).toAbsolutePath().normalize().toString())
        : path;
  }

  /** All files; names that begin with a dot or an underscore are left out, as Hadoop does. */
  static List<Item> of(String folder, Configuration configuration) {
    Path root = path(folder);
    List<Item> items = new ArrayList<>();
    try {
      FileSystem files = root.getFileSystem(configuration);
      Path qualified = files.makeQualified(root);
      if (!files.getFileStatus(qualified).isDirectory()) {
        String name = qualified.getName();
        return List.of(
            new Item(qualified.toString(), name, files.getFileStatus(qualified).getLen()));
      }
      String prefix = qualified.toUri().getPath();
      RemoteIterator<LocatedFileStatus> all = files.listFiles(qualified, true);
      while (all.hasNext()) {
        LocatedFileStatus status = all.next();
        String relative = status.getPath().toUri().getPath().substring(prefix.length());
        relative = relative.startsWith("/") ? relative.substring(1) : relative;
        if (!isHidden(relative)) {
          items.add(new Item(status.getPath().toString(), relative, status.getLen()));
        }
      }
    } catch (FileNotFoundException e) {
      throw DatasetErrors.data(
          "PATH_NOT_FOUND",
          folder + ": there is no such path",
          "Check the spelling; a path without a scheme is local, use hdfs:// for HDFS.",
          e);
    } catch (IOException e) {
      throw DatasetErrors.storage(root, e);
    }
    items.sort(Comparator.comparing(Item::relative));
    return items;
  }

  private static boolean isHidden(String relative) {
    for (String part : Layout.parts(relative)) {
      if (part.startsWith(".") || part.startsWith("_")) {
        return true;
      }
    }
    return false;
  }
}
