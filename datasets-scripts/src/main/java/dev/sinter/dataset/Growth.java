package dev.sinter.dataset;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
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
import java.util.SortedSet;
import java.util.TreeSet;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** What a dataset that is to grow holds already; nothing for a new one. Driver only. */
final class Growth {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Optional<DatasetManifest> manifest;
  private final List<Source> sources = new ArrayList<>();
  private final Map<String, String> shared = new HashMap<>();
  private KeyIndex byId = new KeyIndex(0);
  private boolean[] replaced = new boolean[0];

  private Growth(Optional<DatasetManifest> manifest) {
    this.manifest = manifest;
  }

  /**
   * A source of the dataset, as a line of {@code sources.jsonl} tells it.
   *
   * @param id hash that its samples are named by
   * @param relative path below the input of then
   * @param path full URI
   * @param patient key of its patient's hash
   * @param patientHash as in the shards
   * @param pixels equal for pixel-identical sources
   * @param content SHA-256 of the file
   * @param mask SHA-256 of its mask
   * @param maskBytes size of the mask's file
   * @param bytes size of the file
   * @param stamp changes with size or time of change of its files
   * @param label class index; -1 without one
   * @param bin what its patient was dealt to
   * @param constant whether all its values are equal
   * @param maskValues distinct values of its mask
   */
  record Source(
      String id,
      String relative,
      String path,
      Sha256 patient,
      String patientHash,
      Sha256 pixels,
      Sha256 content,
      Sha256 mask,
      long maskBytes,
      long bytes,
      long stamp,
      int label,
      String bin,
      boolean constant,
      SortedSet<Integer> maskValues) {

    Source withPixels(Sha256 other) {
      return new Source(
          id,
          relative,
          path,
          patient,
          patientHash,
          other,
          content,
          mask,
          maskBytes,
          bytes,
          stamp,
          label,
          bin,
          constant,
          maskValues);
    }
  }

  /** Nothing is there. */
  static Growth none() {
    return new Growth(Optional.empty());
  }

  /** Whether a dataset is at the output, and not to be replaced. */
  static boolean isAt(PrepareRequest request, Configuration configuration) {
    Path index = new Path(FileListing.path(request.output()), DatasetManifest.FILE_NAME);
    try {
      return !request.overwrite() && index.getFileSystem(configuration).exists(index);
    } catch (IOException e) {
      throw DatasetErrors.storage(index, e);
    }
  }

  /** The dataset at the output, unless it is to be replaced. */
  static Growth of(PrepareRequest request, Configuration configuration) {
    Path root = FileListing.path(request.output());
    if (!isAt(request, configuration)) {
      return none();
    }
    try {
      FileSystem files = root.getFileSystem(configuration);
      Growth growth = new Growth(Optional.of(DatasetManifest.read(root, configuration)));
      growth.read(files, new Path(root, growth.manifest.orElseThrow().sourcesFile()));
      GrowthAgreement.require(request, growth);
      return growth;
    } catch (FileNotFoundException e) {
      throw DatasetErrors.usage(
          "DATASET_CANNOT_GROW",
          root + ": sources.jsonl is not there, so it is not known who is on which side",
          "Use --overwrite to prepare all anew, or choose another output.");
    } catch (IOException e) {
      throw DatasetErrors.storage(root, e);
    }
  }

  private void read(FileSystem files, Path path) throws IOException {
    try (BufferedReader in =
        new BufferedReader(new InputStreamReader(files.open(path), StandardCharsets.UTF_8))) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        JsonNode json = JSON.readTree(line);
        if (!json.has("rejected")) {
          sources.add(source(json, path));
        }
      }
    } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
      throw cannotGrow(path, "it is damaged");
    }
    byId = new KeyIndex(sources.size());
    replaced = new boolean[sources.size()];
    for (int i = 0; i < replaced.length; i++) {
      byId.putIfAbsent(SourceNames.keyOf(sources.get(i).id()), i);
    }
  }

  private Source source(JsonNode json, Path path) {
    for (String key : List.of("id", "relative", "patient_hash", "pixels_sha256", "bin")) {
      if (!json.path(key).isTextual()) {
        throw cannotGrow(path, "it was written by an older version");
      }
    }
    SortedSet<Integer> masks = new TreeSet<>();
    json.path("mask_values").forEach(value -> masks.add(value.intValue()));
    String patient = json.path("patient_hash").textValue();
    return new Source(
        json.path("id").textValue(),
        json.path("relative").textValue(),
        json.path("path").asText(),
        SourceNames.keyOf(patient),
        patient,
        Sha256.parse(json.path("pixels_sha256").textValue()),
        Sha256.parse(json.path("sha256").asText()),
        Sha256.parse(json.path("mask_sha256").asText()),
        json.path("mask_bytes").asLong(),
        json.path("bytes").asLong(),
        json.path("stamp").asLong(),
        json.path("label").asInt(-1),
        shared.computeIfAbsent(json.path("bin").textValue(), t -> t),
        json.path("constant").asBoolean(),
        masks);
  }

  private static RuntimeException cannotGrow(Path path, String problem) {
    return DatasetErrors.usage(
        "DATASET_CANNOT_GROW",
        path + ": " + problem + ", so it is not known who is on which side",
        "Use --overwrite to prepare all anew, or choose another output.");
  }

  Optional<DatasetManifest> manifest() {
    return manifest;
  }

  boolean isGiven() {
    return manifest.isPresent();
  }

  /** All sources that the dataset held. */
  List<Source> all() {
    return sources;
  }

  /** The sources that stay, with their sides. */
  List<Source> kept() {
    List<Source> kept = new ArrayList<>();
    for (int i = 0; i < replaced.length; i++) {
      if (!replaced[i]) {
        kept.add(sources.get(i));
      }
    }
    return kept;
  }

  /**
   * Who has which side. A changed file's patient keeps it, while its old pixels bind nobody: they
   * stand here as pixels that no file has.
   */
  List<Source> sides() {
    List<Source> sides = new ArrayList<>();
    for (int i = 0; i < replaced.length; i++) {
      Source source = sources.get(i);
      sides.add(replaced[i] ? source.withPixels(SourceNames.keyOf(source.id())) : source);
    }
    return sides;
  }

  boolean isReplaced(String id) {
    int at = byId.find(SourceNames.keyOf(id));
    return at != KeyIndex.ABSENT && replaced[at];
  }

  /** The source of that id, if the dataset has it. */
  Optional<Source> find(String id) {
    int at = byId.find(SourceNames.keyOf(id));
    return at == KeyIndex.ABSENT ? Optional.empty() : Optional.of(sources.get(at));
  }

  /** Its samples give way to those of the changed file. */
  void replace(String id) {
    replaced[byId.find(SourceNames.keyOf(id))] = true;
  }
}
