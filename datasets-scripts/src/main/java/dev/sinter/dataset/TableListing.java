package dev.sinter.dataset;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;

/** Comma-separated tables below a folder of any Hadoop file system. Driver only. */
final class TableListing {
  private TableListing() {}

  /**
   * A table.
   *
   * @param path full URI
   * @param relative path below the folder; the name of a table that is named itself
   * @param bytes size
   * @param modified time of its last change, in ms
   */
  record Item(String path, String relative, long bytes, long modified) {
    private static Item of(FileStatus status, String relative) {
      return new Item(
          status.getPath().toString(), relative, status.getLen(), status.getModificationTime());
    }
  }

  /** All files that end in {@code .csv}; a file that is named itself is always one. */
  static List<Item> of(String folder, Configuration configuration) {
    Path root = FileListing.path(folder);
    List<Item> items = new ArrayList<>();
    try {
      FileSystem files = root.getFileSystem(configuration);
      Path qualified = files.makeQualified(root);
      FileStatus named = files.getFileStatus(qualified);
      if (!named.isDirectory()) {
        return List.of(Item.of(named, qualified.getName()));
      }
      RemoteIterator<LocatedFileStatus> entries = files.listFiles(qualified, true);
      int prefix = qualified.toUri().getPath().length() + 1;
      while (entries.hasNext()) {
        FileStatus entry = entries.next();
        String relative = entry.getPath().toUri().getPath().substring(prefix);
        if (relative.toLowerCase(Locale.ROOT).endsWith(".csv")) {
          items.add(Item.of(entry, relative));
        }
      }
    } catch (FileNotFoundException e) {
      throw FileListing.notFound(folder);
    } catch (IOException e) {
      throw DatasetErrors.unreadableBelow(root.toString(), e);
    }
    if (items.isEmpty()) {
      throw DatasetErrors.data(
          "NO_IMAGES_FOUND", folder + ": there are no tables (.csv)", "Give a table, or a folder.");
    }
    items.sort(Comparator.comparing(Item::relative));
    return items;
  }

  /** All bytes of a table, which errors call as it may be shown. */
  static byte[] content(String path, String shown, Configuration configuration) {
    try {
      return new HadoopSourceFile(path, configuration).content();
    } catch (IOException e) {
      throw DatasetErrors.unreadableBelow(shown, e);
    }
  }
}
