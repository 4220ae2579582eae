package dev.sinter.dataset;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.permission.FsPermission;

/** The output folder: all under a temporary name, then renamed, the index last. Driver only. */
final class DatasetOutput {
  private static final String TEMPORARY_PREFIX = ".sinter-tmp-";
  private static final FsPermission OWNER_ONLY = new FsPermission((short) 0600);
  private static final List<String> PARTS =
      List.of(DatasetManifest.FILE_NAME, "shards", "rejected.jsonl", "sources.jsonl");
  private static final Pattern SOURCES = Pattern.compile("sources(-\\d+)?\\.jsonl");
  private static final Pattern SHARD = Pattern.compile("(train|val|test)-\\d+\\.parquet");
  private static final ObjectMapper JSON =
      new ObjectMapper().disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);

  private final FileSystem files;
  private final Configuration configuration;
  private final Path root;
  private final Path temporary;
  private final boolean existed;
  private boolean holdsOldDataset;

  private DatasetOutput(FileSystem files, Configuration configuration, Path root, boolean existed) {
    this.files = files;
    this.configuration = configuration;
    this.root = root;
    this.existed = existed;
    this.temporary = new Path(root, TEMPORARY_PREFIX + UUID.randomUUID());
  }

  /** A folder that is empty, or to be overwritten. */
  static DatasetOutput open(PrepareRequest request, Configuration configuration) {
    return open(request, configuration, request.overwrite());
  }

  /** The folder of a dataset that is to grow. */
  static DatasetOutput openToGrow(PrepareRequest request, Configuration configuration) {
    return open(request, configuration, true);
  }

  private static DatasetOutput open(
      PrepareRequest request, Configuration configuration, boolean mayHoldMore) {
    Path path = FileListing.path(request.output());
    try {
      FileSystem files = path.getFileSystem(configuration);
      Path root = files.makeQualified(path);
      boolean existed = files.exists(root);
      if (existed && !mayHoldMore) {
        requireEmpty(files, root);
      }
      refuseInside(root, request.input(), configuration);
      refuseInside(root, request.masks(), configuration);
      return new DatasetOutput(files, configuration, root, existed);
    } catch (IOException e) {
      throw DatasetErrors.storage(path, e);
    }
  }

  /** But for what a preparation that was killed has left, which puts the index in place last. */
  private static void requireEmpty(FileSystem files, Path root) throws IOException {
    FileStatus[] held = files.listStatus(root);
    List<String> names =
        Arrays.stream(held)
            .map(file -> file.getPath().getName())
            .filter(name -> !name.startsWith(TEMPORARY_PREFIX))
            .toList();
    boolean unfinished =
        names.size() < held.length
            && PARTS.subList(1, PARTS.size()).containsAll(names)
            && !holdsReplaced(files, held);
    if (!names.isEmpty() && !unfinished) {
      throw DatasetErrors.usage(
          "OUTPUT_EXISTS",
          root + ": the output is not empty, it holds " + names.get(0),
          "Choose another output, or ask for it to be overwritten.");
    }
  }

  /** Whether a dataset lies there that was on its way out. */
  private static boolean holdsReplaced(FileSystem files, FileStatus[] held) throws IOException {
    for (FileStatus folder : held) {
      Path old = new Path(folder.getPath(), "old");
      if (folder.getPath().getName().startsWith(TEMPORARY_PREFIX)
          && files.exists(old)
          && files.listStatus(old).length > 0) {
        return true;
      }
    }
    return false;
  }

  static void refuseInside(Path root, String input, Configuration configuration)
      throws IOException {
    if (input.isEmpty()) {
      return;
    }
    Path in = FileListing.path(input);
    Path qualified = in.getFileSystem(configuration).makeQualified(in);
    for (Path at = root; at != null; at = at.getParent()) {
      if (at.equals(qualified)) {
        throw DatasetErrors.usage(
            "OUTPUT_INSIDE_INPUT",
            root + ": the output lies inside the input " + qualified,
            "Choose an output beside the input.");
      }
    }
  }

  Path temporary() {
    return temporary;
  }

  void begin() throws IOException {
    files.mkdirs(new Path(temporary, "shards"));
  }

  void place(String writtenFile, String name) throws IOException {
    rename(new Path(writtenFile), new Path(new Path(temporary, "shards"), name));
  }

  /** Lines that name files of the collection: readable by their owner only. */
  void writeLines(String name, Iterator<Map<String, Object>> lines) throws IOException {
    Path path = new Path(temporary, name);
    try (OutputStream out = FileSystem.create(files, path, OWNER_ONLY)) {
      while (lines.hasNext()) {
        JSON.writeValue(out, lines.next());
        out.write('\n');
      }
    }
    files.setPermission(path, OWNER_ONLY);
  }

  /** Puts the new dataset in the place of an old one, which is moved aside and not yet deleted. */
  void finish(DatasetManifest manifest) throws IOException {
    manifest.write(temporary, configuration);
    Path old = new Path(temporary, "old");
    files.mkdirs(old);
    Deque<Path[]> moves = new ArrayDeque<>();
    try {
      for (String part : PARTS) {
        if (files.exists(new Path(root, part))) {
          move(new Path(root, part), new Path(old, part), moves);
        }
      }
      for (String part : PARTS.subList(1, PARTS.size())) {
        move(new Path(temporary, part), new Path(root, part), moves);
      }
      move(new Path(temporary, PARTS.get(0)), new Path(root, PARTS.get(0)), moves);
    } catch (IOException e) {
      undo(moves, e);
      throw e;
    }
    sweep(manifest); // an old dataset may have grown
  }

  /**
   * Adds to the dataset that is there: shards that stay are not touched, and the index is replaced
   * in one step. Until then nothing that it names has changed; what a growth that was killed left
   * behind gives way. Only then goes what the new index does not name.
   */
  void finishGrowth(DatasetManifest manifest) throws IOException {
    manifest.write(temporary, configuration);
    Deque<Path[]> moves = new ArrayDeque<>();
    try {
      for (FileStatus shard : files.listStatus(new Path(temporary, "shards"))) {
        Path to = new Path(root, "shards/" + shard.getPath().getName());
        files.delete(to, false);
        move(shard.getPath(), to, moves);
      }
      Path sources = new Path(root, manifest.sourcesFile());
      files.delete(sources, false);
      move(new Path(temporary, manifest.sourcesFile()), sources, moves);
      overwrite(DatasetManifest.FILE_NAME);
    } catch (IOException e) {
      undo(moves, e);
      throw e;
    }
    overwrite("rejected.jsonl");
    sweep(manifest);
  }

  private void overwrite(String part) throws IOException {
    AtomicOverwrite.rename(files, new Path(temporary, part), new Path(root, part), configuration);
  }

  /** Removes what is not this index's. */
  private void sweep(DatasetManifest manifest) throws IOException {
    for (FileStatus file : files.listStatus(root)) {
      String name = file.getPath().getName();
      if (name.startsWith(TEMPORARY_PREFIX)) { // this run's, and what killed ones left
        files.delete(file.getPath(), true);
      } else if (SOURCES.matcher(name).matches() && !name.equals(manifest.sourcesFile())) {
        files.delete(file.getPath(), false);
      }
    }
    Set<String> named = new HashSet<>();
    manifest.shards().forEach(shard -> named.add(shard.path()));
    for (FileStatus file : files.listStatus(new Path(root, "shards"))) {
      String name = file.getPath().getName();
      if (SHARD.matcher(name).matches() && !named.contains("shards/" + name)) {
        files.delete(file.getPath(), false);
      }
    }
  }

  private void move(Path from, Path to, Deque<Path[]> moves) throws IOException {
    rename(from, to);
    moves.push(new Path[] {from, to});
  }

  private void undo(Deque<Path[]> moves, IOException failure) {
    try {
      for (Path[] move : moves) {
        rename(move[1], move[0]);
      }
    } catch (IOException e) {
      holdsOldDataset = true;
      failure.addSuppressed(e);
    }
  }

  private void rename(Path from, Path to) throws IOException {
    if (!files.rename(from, to)) {
      throw new IOException("cannot rename " + from + " to " + to);
    }
  }

  /** Leaves nothing of an attempt behind. */
  void abandon() {
    if (holdsOldDataset) {
      return;
    }
    try {
      files.delete(temporary, true);
      if (!existed && files.exists(root) && !files.exists(new Path(root, PARTS.get(0)))) {
        files.delete(root, true);
      }
    } catch (IOException ignored) {
      // The failure that led here is the one to report.
    }
  }
}
