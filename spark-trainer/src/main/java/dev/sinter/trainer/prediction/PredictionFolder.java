package dev.sinter.trainer.prediction;

import dev.sinter.trainer.checkpoint.AtomicFiles;
import dev.sinter.trainer.prediction.SourceChunks.Chunk;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * A prediction that is not finished, beside its output, which it becomes by one rename.
 *
 * <pre>
 * prediction.json         models, options, sources
 * ...                     masks, each whole
 * _sinter/sources.jsonl   the sources, a line each
 * _sinter/chunks/         a file for each chunk that is whole: counts, then classes of its sources
 * _sinter/rejected/       what of a chunk could not be read
 * _sinter/writing/        files that are being written
 * </pre>
 */
final class PredictionFolder {
  /** No source lies below a folder that begins so: they are not listed. */
  private static final String WORK = "_sinter";

  private final FileSystem files;
  private final Path root;

  PredictionFolder(Path root, Configuration configuration) {
    this.root = root;
    try {
      this.files = root.getFileSystem(configuration);
    } catch (IOException e) {
      throw AtomicFiles.failure(root, e);
    }
  }

  /** Where the prediction into an output is made. */
  static Path unfinished(Path output) {
    return new Path(output.getParent(), "." + output.getName() + ".unfinished");
  }

  FileSystem files() {
    return files;
  }

  Path root() {
    return root;
  }

  Path work() {
    return new Path(root, WORK);
  }

  Path sources() {
    return new Path(work(), "sources.jsonl");
  }

  Path writing() {
    return new Path(work(), "writing");
  }

  Path chunk(Chunk chunk) {
    return new Path(new Path(work(), "chunks"), chunk.fileName());
  }

  private Path rejected() {
    return new Path(work(), "rejected");
  }

  /** What the folder holds; empty where it is none of a prediction. */
  Optional<PredictionManifest> manifest() {
    Path path = new Path(root, PredictionManifest.FILE);
    try {
      return files.exists(path)
          ? Optional.of(
              PredictionManifest.parse(AtomicFiles.readText(files, path), path.toString()))
          : Optional.empty();
    } catch (IOException e) {
      throw AtomicFiles.failure(path, e);
    }
  }

  void write(PredictionManifest manifest) {
    AtomicFiles.writeText(files, new Path(root, PredictionManifest.FILE), manifest.toJson());
  }

  boolean isWhole(Chunk chunk) {
    try {
      return files.exists(chunk(chunk));
    } catch (IOException e) {
      throw AtomicFiles.failure(chunk(chunk), e);
    }
  }

  /** How many chunks are whole. */
  int wholeChunks() {
    return list(new Path(work(), "chunks")).size();
  }

  /**
   * Makes a chunk whole, by renaming its file. Two attempts of a task may do it: what they write is
   * the same.
   */
  void commit(Chunk chunk, String rejections, String result) {
    if (!rejections.isEmpty()) {
      put(new Path(rejected(), chunk.fileName()), rejections);
    }
    put(chunk(chunk), result);
  }

  private void put(Path path, String text) {
    Path temporary = new Path(writing(), "." + UUID.randomUUID() + ".tmp");
    try {
      try (OutputStream out = files.create(temporary, false)) {
        out.write(text.getBytes(StandardCharsets.UTF_8));
      }
      files.mkdirs(path.getParent());
      if (!files.rename(temporary, path)) {
        files.delete(temporary, false);
        if (!files.exists(path)) {
          throw new IOException("renaming " + temporary + " to " + path + " failed");
        }
      }
    } catch (IOException e) {
      throw AtomicFiles.failure(path, e);
    }
  }

  /** Removes all but the lease of the driver that has it. */
  void clear() {
    for (Path path : all(work())) {
      if (!path.getName().contains("driver.lease")) {
        AtomicFiles.deleteIfThere(files, path);
      }
    }
    for (Path path : all(root)) {
      if (!path.equals(files.makeQualified(work()))) {
        AtomicFiles.deleteIfThere(files, path);
      }
    }
  }

  /** Files of rejected sources, in the order of their chunks. */
  List<Path> rejections() {
    return list(rejected());
  }

  /** Files that are whole. */
  private List<Path> list(Path folder) {
    return all(folder).stream().filter(path -> !path.getName().startsWith(".")).sorted().toList();
  }

  private List<Path> all(Path folder) {
    try {
      return Arrays.stream(files.listStatus(folder)).map(FileStatus::getPath).toList();
    } catch (FileNotFoundException e) {
      return List.of();
    } catch (IOException e) {
      throw AtomicFiles.failure(folder, e);
    }
  }
}
