package dev.sinter.dataset;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.OutputStream;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.IntFunction;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.sql.SparkSession;

/**
 * Makes a NIfTI volume of each DICOM series below a folder, slices sorted by where they lie in the
 * patient, as a Spark job. Names are salted hashes, patients those of {@link DatasetPreparation}
 * under the same salt. Driver only.
 */
public final class SeriesAssembly {
  private static final FsPermission OWNER_ONLY = new FsPermission((short) 0600);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final JavaSparkContext spark;
  private final Configuration configuration;
  private final Request request;
  private final SourceNames names;
  private final List<FileListing.Item> items;
  private final HadoopSettings hadoop;

  /**
   * What is to be done.
   *
   * @param input folder of DICOM files
   * @param output new or empty folder
   * @param salt of the hashes
   * @param burnedIn what becomes of files whose pixels show text
   */
  public record Request(String input, String output, String salt, BurnedIn burnedIn) {}

  /**
   * What came out.
   *
   * @param output folder
   * @param files that were found
   * @param volumes that were written
   * @param slices that they hold
   * @param rejectedFiles that are of no volume
   * @param rejectedVolumes whose slices do not make a volume
   */
  public record Outcome(
      String output, int files, int volumes, long slices, int rejectedFiles, int rejectedVolumes) {}

  private SeriesAssembly(SparkSession session, Request request) {
    this.spark = JavaSparkContext.fromSparkContext(session.sparkContext());
    this.configuration = spark.hadoopConfiguration();
    this.request = request;
    this.names = new SourceNames(request.salt(), List.of());
    this.items = FileListing.of(request.input(), configuration);
    this.hadoop = new HadoopSettings(configuration);
  }

  /**
   * Reads the headers of all files, then writes volume by volume. The output appears when all are
   * there.
   *
   * @throws dev.sinter.error.SinterException {@code PATH_NOT_FOUND}, {@code OUTPUT_EXISTS}, {@code
   *     NO_SERIES_FOUND} and storage failures; nothing half-written is left then
   */
  public static Outcome run(SparkSession session, Request request) {
    return new SeriesAssembly(session, request).run();
  }

  private Outcome run() {
    Path output = FileListing.path(request.output());
    Path unfinished =
        new Path(output.getParent(), "." + output.getName() + "." + UUID.randomUUID());
    RunningTasks tasks = RunningTasks.watch(spark);
    try {
      FileSystem files = output.getFileSystem(configuration);
      if (files.exists(output) && files.listStatus(output).length > 0) {
        throw DatasetErrors.usage(
            "OUTPUT_EXISTS", output + ": the output is not empty", "Choose another output.");
      }
      DatasetOutput.refuseInside(files.makeQualified(output), request.input(), configuration);
      List<SliceFile> slices = slices();
      Map<String, List<SliceFile>> byVolume = byVolume(slices);
      if (byVolume.isEmpty()) {
        throw DatasetErrors.data(
            "NO_SERIES_FOUND",
            request.input() + ": none of its " + items.size() + " files is of a DICOM series",
            "Give a folder of DICOM files with pixels.");
      }
      files.mkdirs(unfinished);
      List<SeriesVolume.Written> written = write(byVolume, unfinished.toString());
      requireAny(written);
      Outcome outcome = describe(files, unfinished, slices, byVolume, written);
      tasks.awaitNone(); // attempts beside those that were first
      removeUnfinished(files, unfinished);
      if (files.exists(output)) { // an empty folder
        files.setPermission(unfinished, files.getFileStatus(output).getPermission());
        files.delete(output, false);
      }
      if (!files.rename(unfinished, output)) {
        throw new IOException("cannot rename " + unfinished + " to " + output);
      }
      return outcome;
    } catch (Exception e) { // Spark throws checked exceptions that its signatures do not declare
      tasks.awaitNone();
      abandon(unfinished);
      throw DatasetErrors.foreseen(output, e);
    } finally {
      tasks.close();
    }
  }

  /** What attempts that were killed have left. */
  private static void removeUnfinished(FileSystem files, Path folder) throws IOException {
    for (FileStatus file : files.listStatus(folder)) {
      if (file.getPath().getName().endsWith(".tmp")) {
        files.delete(file.getPath(), false);
      }
    }
  }

  private void requireAny(List<SeriesVolume.Written> written) {
    if (written.stream().noneMatch(SeriesVolume.Written::isThere)) {
      throw DatasetErrors.data(
          "NO_SERIES_FOUND",
          request.input()
              + ": none of its "
              + written.size()
              + " series makes a volume; the first: "
              + written.get(0).message()
              + " ("
              + written.get(0).code()
              + ")",
          "Give a folder of series whose files say where their slices lie.");
    }
  }

  private void abandon(Path unfinished) {
    try {
      unfinished.getFileSystem(configuration).delete(unfinished, true);
    } catch (IOException ignored) {
      // The failure that led here is the one to report.
    }
  }

  private List<SliceFile> slices() {
    BurnedIn policy = request.burnedIn();
    SourceNames hashes = names;
    HadoopSettings settings = hadoop;
    return inParts(
        items.size(),
        i -> new Listed(i, items.get(i)),
        "read the headers of " + items.size() + " files",
        batch -> {
          ArrayList<SliceFile> facts = new ArrayList<>();
          for (Listed file : Batches.<Listed>unpack(batch)) {
            facts.add(
                SliceFile.of(file.index(), file.item(), policy, hashes, settings.configuration()));
          }
          return Wire.packDense(facts);
        });
  }

  /** A file with its place in the listing. */
  private record Listed(int index, FileListing.Item item) implements Serializable {}

  /** In the order of the map. */
  private List<SeriesVolume.Written> write(Map<String, List<SliceFile>> byVolume, String folder) {
    Map<String, SeriesVolume.Written> results = new HashMap<>();
    List<SeriesVolume> whole = new ArrayList<>();
    for (List<SliceFile> slices : byVolume.values()) {
      Optional<SeriesVolume.Written> refusal = refusal(slices);
      if (refusal.isPresent()) {
        results.put(refusal.get().name(), refusal.get());
      } else {
        whole.add(volume(slices));
      }
    }
    if (!whole.isEmpty()) {
      writeWhole(whole, folder).forEach(written -> results.put(written.name(), written));
    }
    return byVolume.values().stream().map(slices -> results.get(name(slices.get(0)))).toList();
  }

  /** A volume that lacks slices, or is of two patients, is none. */
  private static Optional<SeriesVolume.Written> refusal(List<SliceFile> slices) {
    String name = name(slices.get(0));
    if (slices.stream().map(SliceFile::patient).distinct().count() > 1) {
      return Optional.of(
          SeriesVolume.Written.refused(
              name, "DICOM_SERIES_MIXED", "its files do not name one and the same patient"));
    }
    return slices.stream()
        .filter(slice -> !slice.isTaken())
        .findFirst()
        .map(slice -> SeriesVolume.Written.refused(name, slice.code(), slice.message()));
  }

  private List<SeriesVolume.Written> writeWhole(List<SeriesVolume> volumes, String folder) {
    HadoopSettings settings = hadoop;
    return inParts(
        volumes.size(),
        volumes::get,
        "write " + volumes.size() + " volumes",
        batch -> {
          ArrayList<SeriesVolume.Written> written = new ArrayList<>();
          for (SeriesVolume volume : Batches.<SeriesVolume>unpack(batch)) {
            written.add(volume.write(folder, settings.configuration()));
          }
          return Wire.packDense(written);
        });
  }

  private <T extends Serializable, R extends Serializable> List<R> inParts(
      int count, IntFunction<T> item, String what, Function<byte[], byte[]> work) {
    List<byte[]> parts = Batches.pack(count, spark.defaultParallelism(), item);
    List<R> results = new ArrayList<>(count);
    JobDescription named = JobDescription.of(spark.sc(), "volumes", what);
    try {
      for (byte[] part : spark.parallelize(parts, parts.size()).map(work).collect()) {
        results.addAll(Batches.<R>unpack(part));
      }
    } finally {
      named.close();
    }
    return results;
  }

  private static Map<String, List<SliceFile>> byVolume(List<SliceFile> slices) {
    Map<String, List<SliceFile>> byVolume = new TreeMap<>();
    for (SliceFile slice : slices) {
      if (slice.isOfVolume()) {
        byVolume.computeIfAbsent(slice.volume(), key -> new ArrayList<>()).add(slice);
      }
    }
    return byVolume;
  }

  private SeriesVolume volume(List<SliceFile> slices) {
    return new SeriesVolume(
        name(slices.get(0)),
        slices.stream().map(slice -> items.get(slice.index()).path()).toList(),
        slices.stream().map(this::shown).toList());
  }

  /** The patient comes first, so that a pattern finds it again. */
  private static String name(SliceFile slice) {
    return slice.patient() + "_" + slice.volume().substring(0, 16) + ".nii.gz";
  }

  private String shown(SliceFile slice) {
    return names.hidden(items.get(slice.index()).relative(), "");
  }

  private Outcome describe(
      FileSystem files,
      Path folder,
      List<SliceFile> slices,
      Map<String, List<SliceFile>> byVolume,
      List<SeriesVolume.Written> written)
      throws IOException {
    List<Map<String, Object>> rejected = new ArrayList<>();
    List<Map<String, Object>> sources = new ArrayList<>();
    StringBuilder table = new StringBuilder("file,patient,study,modality,columns,rows,slices\n");
    for (SliceFile slice : slices) {
      if (!slice.isOfVolume()) {
        rejected.add(line(shown(slice), slice.code(), slice.message()));
      }
    }
    int rejectedFiles = rejected.size();
    long taken = 0;
    int at = 0;
    for (List<SliceFile> volume : byVolume.values()) {
      SeriesVolume.Written one = written.get(at++);
      if (!one.isThere()) {
        rejected.add(line(one.name(), one.code(), one.message()));
        continue;
      }
      SliceFile first = volume.get(0);
      int[] extents = one.extents();
      taken += volume.size();
      table.append(String.join(",", one.name(), first.patient(), first.study(), first.modality()));
      table.append(String.format(Locale.ROOT, ",%d,%d,%d\n", extents[0], extents[1], extents[2]));
      sources.add(source(one, volume));
    }
    try (OutputStream out = files.create(new Path(folder, "volumes.csv"))) {
      out.write(table.toString().getBytes(StandardCharsets.UTF_8));
    }
    writeForOwner(files, new Path(folder, "rejected.jsonl"), text(rejected));
    writeForOwner(files, new Path(folder, "sources.jsonl"), text(sources));
    return new Outcome(
        FileListing.path(request.output()).toString(),
        items.size(),
        sources.size(),
        taken,
        rejectedFiles,
        rejected.size() - rejectedFiles);
  }

  private static Map<String, Object> line(String path, String code, String message) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("path", path);
    line.put("code", code);
    line.put("message", message);
    return line;
  }

  private Map<String, Object> source(SeriesVolume.Written written, List<SliceFile> volume) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("file", written.name());
    line.put("notes", written.notes());
    line.put("slices", volume.stream().map(slice -> items.get(slice.index()).relative()).toList());
    return line;
  }

  private static String text(List<Map<String, Object>> lines) throws IOException {
    StringBuilder text = new StringBuilder();
    for (Map<String, Object> line : lines) {
      text.append(JSON.writeValueAsString(line)).append('\n');
    }
    return text.toString();
  }

  private static void writeForOwner(FileSystem files, Path path, String text) throws IOException {
    try (OutputStream out = FileSystem.create(files, path, OWNER_ONLY)) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    }
  }
}
