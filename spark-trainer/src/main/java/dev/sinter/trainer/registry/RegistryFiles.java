package dev.sinter.trainer.registry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import dev.sinter.trainer.checkpoint.AtomicFiles;
import dev.sinter.trainer.checkpoint.Promotion;
import dev.sinter.trainer.checkpoint.Promotions;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** Records as JSON files, and what a registry does with files and folders. */
final class RegistryFiles {
  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .configure(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, false)
          .enable(SerializationFeature.INDENT_OUTPUT)
          .build();

  private final FileSystem files;

  RegistryFiles(FileSystem files) {
    this.files = files;
  }

  FileSystem fileSystem() {
    return files;
  }

  /** Writes a file that is not there yet, whole or not at all. */
  void write(Path path, Object value) {
    try {
      AtomicFiles.writeText(files, path, JSON.writeValueAsString(value) + "\n");
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Reads a file, if it is there. */
  <T> Optional<T> read(Path path, Class<T> type) {
    if (!exists(path)) {
      return Optional.empty();
    }
    String text = AtomicFiles.readText(files, path);
    try {
      int version = JSON.readTree(text).path("format_version").asInt(-1);
      if (version > Promotion.FORMAT_VERSION) {
        throw Promotions.unsupported(path.toString(), version);
      }
      return Optional.of(JSON.readValue(text, type));
    } catch (JsonProcessingException | IllegalArgumentException | NullPointerException e) {
      throw new SinterException(
          ErrorCategory.DATA,
          "REGISTRY_DAMAGED",
          path + " is damaged: " + e.getMessage(),
          "bring the file back from a copy; the other versions can be used meanwhile",
          e);
    }
  }

  boolean exists(Path path) {
    try {
      return files.exists(path);
    } catch (IOException e) {
      throw AtomicFiles.failure(path, e);
    }
  }

  /** Names in a folder that match, short ones first, in order; nothing where there is no folder. */
  List<String> names(Path folder, String pattern) {
    List<String> names = new ArrayList<>();
    try {
      for (FileStatus status : files.listStatus(folder)) {
        String name = status.getPath().getName();
        if (name.matches(pattern)) {
          names.add(name);
        }
      }
    } catch (FileNotFoundException e) {
      return List.of();
    } catch (IOException e) {
      throw AtomicFiles.failure(folder, e);
    }
    names.sort(Comparator.comparingInt(String::length).thenComparing(Comparator.naturalOrder()));
    return names;
  }

  /** Renames to a name that nobody has. */
  void rename(Path from, Path to) {
    try {
      if (files.exists(to) || !files.rename(from, to)) {
        throw new IOException("renaming " + from + " to " + to + " failed");
      }
    } catch (IOException e) {
      throw AtomicFiles.failure(to, e);
    }
  }

  /** Removes a folder in one step for all who look at it: it is renamed first. */
  void remove(Path folder) {
    if (exists(folder)) {
      Path aside = new Path(folder.getParent(), "." + folder.getName() + ".removed");
      AtomicFiles.deleteIfThere(files, aside);
      rename(folder, aside);
      AtomicFiles.deleteIfThere(files, aside);
    }
  }

  /** Removes what a killed process left: names that begin with a dot, but for Hadoop's own. */
  void sweep(Path folder) {
    for (String name : names(folder, "\\..*(\\.removed|\\.unfinished|\\.tmp)")) {
      AtomicFiles.deleteIfThere(files, new Path(folder, name));
    }
  }
}
