package dev.sinter.dataset;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;

/** Files below a folder of any Hadoop file system, sorted by their relative paths. Driver only. */
final class FileListing {

  /** What people and file managers put beside images; an image may still be called so. */
  private static final Pattern STRAY =
      Pattern.compile(
          "(readme|licen[cs]e|attribution)(?!.*\\.(png|jpe?g|bmp|tiff?|nii|nii\\.gz)$).*"
              + "|.*\\.(md|txt|csv|jsonl?)|thumbs\\.db",
          Pattern.CASE_INSENSITIVE);

  private static final Pattern HEADER =
      Pattern.compile("(.*)\\.hdr(\\.gz)?", Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

  private static final Pattern VOXELS =
      Pattern.compile("(.*)\\.img(\\.gz)?", Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

  private FileListing() {}

  /**
   * A file.
   *
   * @param folder URI of the listed folder, shared by all its files; no slash at its end
   * @param relative path below it
   * @param bytes size; of a header and its voxels, both
   * @param modified time of its last change, in ms; of a header and its voxels, the sum
   */
  record Item(String folder, String relative, long bytes, long modified) implements Serializable {
    String path() {
      return folder + "/" + relative;
    }

    private Item with(Item voxels) {
      return new Item(folder, relative, bytes + voxels.bytes, modified + voxels.modified);
    }

    /** Changes with size and time of change. */
    long stamp() {
      return bytes * 1_000_003 + modified;
    }
  }

  /** Path of a text that may be a URI or a plain local path. */
  static Path path(String text) {
    Path path = new Path(text);
    return path.toUri().getScheme() == null
        ? new Path(
            "file", null, java.nio.file.Path.of(text).toAbsolutePath().normalize().toString())
        : path;
  }

  /**
   * All files, without texts beside the images and without names that begin with a dot or an
   * underscore, which Hadoop leaves out as well. A file that is named itself is always listed.
   */
  static List<Item> of(String folder, Configuration configuration) {
    Path root = path(folder);
    List<Item> items = new ArrayList<>();
    try {
      FileSystem files = root.getFileSystem(configuration);
      Path qualified = files.makeQualified(root);
      FileStatus status = files.getFileStatus(qualified);
      if (status.isDirectory()) {
        walk(files, qualified, text(qualified), "", items);
      } else {
        items.add(item(text(status.getPath().getParent()), status, status.getPath().getName()));
      }
    } catch (FileNotFoundException e) {
      throw notFound(folder);
    } catch (IOException e) {
      throw DatasetErrors.unreadableBelow(root.toString(), e);
    }
    removeVoxelsOfHeaders(items);
    items.sort(Comparator.comparing(Item::relative));
    return items;
  }

  /** A NIfTI or ANALYZE pair is read through its header: its other file is no source. */
  private static void removeVoxelsOfHeaders(List<Item> items) {
    Set<String> headers = new HashSet<>();
    for (Item item : items) {
      Matcher header = HEADER.matcher(item.relative());
      if (header.matches()) {
        headers.add(header.group(1));
      }
    }
    Map<String, Item> voxelsOf = new HashMap<>();
    items.removeIf(
        item -> {
          Matcher voxels = VOXELS.matcher(item.relative());
          boolean belongs = voxels.matches() && headers.contains(voxels.group(1));
          if (belongs) {
            voxelsOf.merge(voxels.group(1), item, Item::with);
          }
          return belongs;
        });
    items.replaceAll(
        item -> {
          Matcher header = HEADER.matcher(item.relative());
          Item voxels = header.matches() ? voxelsOf.get(header.group(1)) : null;
          return voxels == null ? item : item.with(voxels);
        });
  }

  static RuntimeException notFound(String folder) {
    return DatasetErrors.data(
        "PATH_NOT_FOUND",
        folder + ": there is no such path",
        "Check the spelling; a path without a scheme is local, use hdfs:// for HDFS.");
  }

  /** Not {@code listFiles}: it asks for permissions, for which a local file costs a process. */
  private static void walk(
      FileSystem files, Path folder, String root, String prefix, List<Item> items)
      throws IOException {
    RemoteIterator<FileStatus> entries = files.listStatusIterator(folder);
    while (entries.hasNext()) {
      FileStatus status = entries.next();
      String name = status.getPath().getName();
      if (name.startsWith(".") || name.startsWith("_")) {
        continue;
      }
      if (status.isDirectory()) {
        walk(files, status.getPath(), root, prefix + name + "/", items);
      } else if (!STRAY.matcher(name).matches()) {
        items.add(item(root, status, prefix + name));
      }
    }
  }

  private static Item item(String root, FileStatus status, String relative) {
    return new Item(root, relative, status.getLen(), status.getModificationTime());
  }

  private static String text(Path folder) {
    String text = folder.toString();
    return text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
  }
}
