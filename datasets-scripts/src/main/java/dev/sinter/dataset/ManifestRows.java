package dev.sinter.dataset;

import java.io.BufferedReader;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.schema.GroupType;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Type;

/** Rows of a manifest, one at a time: CSV, or Parquet by the first bytes. Driver only. */
final class ManifestRows {
  private static final byte[] PARQUET = {'P', 'A', 'R', '1'};

  private final ManifestColumns columns;
  private final Consumer<Map<String, String>> sink;

  private ManifestRows(ManifestColumns columns, Consumer<Map<String, String>> sink) {
    this.columns = columns;
    this.sink = sink;
  }

  /** Gives every row, the values of the named columns by their names. The map is used again. */
  static void forEach(
      ManifestColumns columns, Configuration configuration, Consumer<Map<String, String>> sink) {
    Path path = FileListing.path(columns.uri());
    ManifestRows rows = new ManifestRows(columns, sink);
    try {
      FileSystem files = path.getFileSystem(configuration);
      for (Path file : files(files, path)) {
        if (isParquet(files, file)) {
          rows.parquet(file, configuration);
        } else {
          rows.csv(files, file);
        }
      }
    } catch (FileNotFoundException e) {
      throw DatasetErrors.data(
          "PATH_NOT_FOUND", path + ": there is no such manifest", "Check data.manifest.", e);
    } catch (IOException e) {
      throw unreadable(path.toString(), String.valueOf(e.getMessage()), e);
    }
  }

  private static List<Path> files(FileSystem files, Path path) throws IOException {
    List<Path> found = new ArrayList<>();
    if (!files.getFileStatus(path).isDirectory()) {
      return List.of(path);
    }
    for (FileStatus status : files.listStatus(path)) {
      String name = status.getPath().getName();
      if (status.isFile() && !name.startsWith("_") && !name.startsWith(".")) {
        found.add(status.getPath());
      }
    }
    found.sort(null);
    if (found.isEmpty()) {
      throw unreadable(path.toString(), "the folder holds no table", null);
    }
    return found;
  }

  private static boolean isParquet(FileSystem files, Path file) throws IOException {
    byte[] first = new byte[PARQUET.length];
    try (var in = files.open(file)) {
      return in.read(first) == first.length && java.util.Arrays.equals(first, PARQUET);
    }
  }

  private void csv(FileSystem files, Path file) throws IOException {
    try (BufferedReader in =
        new BufferedReader(new InputStreamReader(files.open(file), StandardCharsets.UTF_8))) {
      CsvTable table = new CsvTable(in, problem -> unreadable(file.toString(), problem, null));
      requireColumns(table.header(), file);
      Map<String, String> row = new HashMap<>();
      for (Optional<List<String>> next = table.next(); next.isPresent(); next = table.next()) {
        for (String column : columns.named()) {
          row.put(column, next.get().get(table.header().indexOf(column)));
        }
        sink.accept(row);
      }
    }
  }

  private void parquet(Path path, Configuration configuration) throws IOException {
    try {
      ParquetRows.forEach(
          path,
          configuration,
          all -> {
            requireColumns(all.getFields().stream().map(Type::getName).toList(), path);
            List<Type> kept = columns.named().stream().distinct().map(all::getType).toList();
            return new MessageType(all.getName(), kept);
          },
          group -> sink.accept(row(group.getType(), group)));
    } catch (RuntimeException e) {
      if (e instanceof dev.sinter.error.SinterException) {
        throw e;
      }
      throw unreadable(path.toString(), "not a whole Parquet table", e);
    }
  }

  private static Map<String, String> row(GroupType schema, Group group) {
    Map<String, String> row = new HashMap<>();
    for (Type field : schema.getFields()) {
      String name = field.getName();
      boolean there = group.getFieldRepetitionCount(name) > 0;
      row.put(name, there ? group.getValueToString(schema.getFieldIndex(name), 0).strip() : "");
    }
    return row;
  }

  private void requireColumns(List<String> header, Path path) {
    for (String column : columns.named()) {
      if (!header.contains(column)) {
        throw DatasetErrors.usage(
            "MANIFEST_COLUMN_UNKNOWN",
            path + ": none of its " + header.size() + " columns is called " + column,
            "Name the columns under data.columns as the header of the table does.");
      }
    }
  }

  /** Without the table itself, where it lies among the images. */
  static List<FileListing.Item> withoutTable(
      List<FileListing.Item> items, ManifestColumns columns, Configuration configuration) {
    try {
      Path path = FileListing.path(columns.uri());
      String table = path.getFileSystem(configuration).makeQualified(path).toString();
      return items.stream()
          .filter(i -> !i.path().equals(table) && !i.path().startsWith(table + "/"))
          .toList();
    } catch (IOException e) {
      throw DatasetErrors.storage(FileListing.path(columns.uri()), e);
    }
  }

  static RuntimeException unreadable(String path, String problem, Throwable cause) {
    return DatasetErrors.data(
        "MANIFEST_UNREADABLE",
        path + ": not a table that can be read: " + problem,
        "Give CSV in UTF-8 with a header line, or Parquet.",
        cause);
  }
}
