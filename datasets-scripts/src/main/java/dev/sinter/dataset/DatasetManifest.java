package dev.sinter.dataset;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sinter.model.InputShape;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.Serializable;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The index of a dataset, {@code dataset.json}; written last, so where it is the dataset is whole.
 *
 * @param schemaVersion version of this file and of the shards' columns
 * @param toolVersion version of Sinter that wrote it
 * @param task classification or segmentation
 * @param classes names; a label or mask value is an index into it
 * @param maskValues for segmentation, the source's mask value of each class; otherwise empty
 * @param preparation what was done to every source
 * @param normalization how stored values become network inputs
 * @param splits what each of {@code train}, {@code val}, {@code test} holds
 * @param shards all shard files, in order within their split
 * @param sourceFingerprint SHA-256 over the sorted relative path, size and SHA-256 of every source
 * @param splitRatios ratios and seed that were asked for
 * @param rejected number of files listed in {@code rejected.jsonl}
 * @param constant number of sources whose values are all equal
 * @param fold part of a cross-validation, such as {@code 2/5}; empty without one
 * @param origin what a growth must know; null in datasets from before it was kept
 */
public record DatasetManifest(
    int schemaVersion,
    String toolVersion,
    Task task,
    List<String> classes,
    List<Integer> maskValues,
    Preparation preparation,
    Normalization normalization,
    SortedMap<String, SplitSummary> splits,
    List<ShardFile> shards,
    String sourceFingerprint,
    SplitRatios splitRatios,
    int rejected,
    int constant,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) String fold,
    @JsonInclude(JsonInclude.Include.NON_NULL) Origin origin)
    implements Serializable {
  /** Name of the index within the dataset's folder. */
  public static final String FILE_NAME = "dataset.json";

  /** The version that this code writes; it reads all versions from 1 on. */
  public static final int SCHEMA_VERSION = 2;

  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .configure(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, false)
          .configure(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES, true)
          .enable(SerializationFeature.INDENT_OUTPUT)
          .build();

  /** Copies the collections. */
  @JsonCreator
  public DatasetManifest {
    fold = fold == null ? "" : fold; // datasets from before there were folds
    classes = List.copyOf(classes);
    maskValues = List.copyOf(maskValues);
    splits = new TreeMap<>(splits);
    shards = List.copyOf(shards);
  }

  /**
   * What a growth must know of the dataset, beside what is in the shards.
   *
   * @param sources name of the file that lists the sources of these shards
   * @param patientPattern salted hash of what was asked for; empty without one
   * @param burnedIn as asked for
   */
  public record Origin(String sources, String patientPattern, String burnedIn)
      implements Serializable {
    /** The file of sources of a dataset that has not grown. */
    public static final String FIRST_SOURCES = "sources.jsonl";
  }

  /** Name of the file that lists the sources of these shards. */
  String sourcesFile() {
    return origin == null || origin.sources() == null ? Origin.FIRST_SOURCES : origin.sources();
  }

  /**
   * What one split holds.
   *
   * @param samples number of rows
   * @param patients number of patients
   * @param classes samples per class; for segmentation, samples in which the class occurs
   */
  public record SplitSummary(long samples, long patients, SortedMap<String, Long> classes)
      implements Serializable {
    /** Copies the counts. */
    public SplitSummary {
      classes = new TreeMap<>(classes);
    }
  }

  /**
   * One shard.
   *
   * @param path relative to the dataset's folder
   * @param split all its rows belong to it
   * @param samples number of rows
   * @param bytes size of the file
   * @param sha256 of the file
   */
  public record ShardFile(String path, String split, long samples, long bytes, String sha256)
      implements Serializable {}

  /** Input channels of a network for this dataset. */
  public int channels() {
    return preparation.channels();
  }

  /** Height of every sample. */
  public int height() {
    return preparation.height();
  }

  /** Width of every sample. */
  public int width() {
    return preparation.width();
  }

  /** What a network for this dataset takes. */
  public InputShape inputShape() {
    return preparation.inputShape();
  }

  /** The shards of one split, in order. */
  public List<ShardFile> shardsOf(String split) {
    return shards.stream().filter(shard -> shard.split().equals(split)).toList();
  }

  /** The same without the list of shards: what a model keeps of the data it was trained on. */
  public DatasetManifest withoutShards() {
    return new DatasetManifest(
        schemaVersion,
        toolVersion,
        task,
        classes,
        maskValues,
        preparation,
        normalization,
        splits,
        List.of(),
        sourceFingerprint,
        splitRatios,
        rejected,
        constant,
        fold,
        null);
  }

  /**
   * SHA-256 over all that a training sees of the dataset: sources, preparation, splits, classes.
   */
  public String fingerprint() {
    String facts =
        String.join(
            "\n",
            sourceFingerprint,
            task.key(),
            classes.toString(),
            maskValues.toString(),
            preparation.facts(),
            normalization.toString(),
            splits.toString(),
            fold.isEmpty() ? splitRatios.toString() : splitRatios + " fold " + fold);
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256")
                  .digest(facts.getBytes(java.nio.charset.StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The index as text. */
  public String toJson() {
    try {
      return JSON.writeValueAsString(this) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a manifest that cannot be written", e);
    }
  }

  /** Writes the index into a dataset's folder: temporary name, close, rename. */
  void write(Path root, Configuration configuration) throws IOException {
    FileSystem files = root.getFileSystem(configuration);
    Path temporary = new Path(root, "." + FILE_NAME + ".tmp");
    try (OutputStream out = files.create(temporary, true)) {
      out.write(toJson().getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }
    if (!files.rename(temporary, new Path(root, FILE_NAME))) {
      throw new IOException("cannot rename " + temporary + " to " + FILE_NAME);
    }
  }

  /**
   * Reads the index of a dataset.
   *
   * @param root the dataset's folder
   * @throws dev.sinter.error.SinterException {@code DATASET_NOT_FOUND}, {@code
   *     DATASET_VERSION_UNSUPPORTED}, {@code DATASET_UNREADABLE}
   */
  public static DatasetManifest read(Path root, Configuration configuration) {
    Path path = new Path(root, FILE_NAME);
    byte[] text;
    try (FSDataInputStream in = root.getFileSystem(configuration).open(path)) {
      text = in.readAllBytes();
    } catch (FileNotFoundException e) {
      throw DatasetErrors.data(
          "DATASET_NOT_FOUND",
          root + ": there is no " + FILE_NAME,
          "Give the output folder of sinter prepare, or run sinter prepare.",
          e);
    } catch (IOException e) {
      throw DatasetErrors.storage(path, e);
    }
    return parse(new String(text, java.nio.charset.StandardCharsets.UTF_8), path.toString());
  }

  /**
   * Reads an index from memory.
   *
   * @param source where it is from, for messages
   * @throws dev.sinter.error.SinterException {@code DATASET_VERSION_UNSUPPORTED}, {@code
   *     DATASET_UNREADABLE}
   */
  public static DatasetManifest parse(String text, String source) {
    try {
      JsonNode tree = JSON.readTree(text);
      int version = tree.path("schema_version").asInt(-1);
      if (version < 1 || version > SCHEMA_VERSION) {
        throw DatasetErrors.data(
            "DATASET_VERSION_UNSUPPORTED",
            source
                + ": schema_version is "
                + tree.path("schema_version")
                + ", not 1 to "
                + SCHEMA_VERSION,
            "Use the Sinter version that wrote it (tool_version "
                + tree.path("tool_version")
                + ") or run sinter prepare again.");
      }
      if (version == 1 && tree.path("preparation") instanceof ObjectNode preparation) {
        complete(preparation);
      }
      return JSON.treeToValue(tree, DatasetManifest.class);
    } catch (IOException | NullPointerException e) {
      throw DatasetErrors.data(
          "DATASET_UNREADABLE",
          source + ": not a dataset index: " + e.getMessage(),
          "Run sinter prepare again.",
          e);
    }
  }

  /** In version 1 samples were images or slices, without transforms. */
  private static void complete(ObjectNode preparation) {
    boolean images = preparation.path("source").asText().equals(Preparation.IMAGE);
    preparation.set("sample", JSON.valueToTree(images ? SampleKind.IMAGE : SampleKind.SLICE));
    preparation.put("depth", 1);
    preparation.put("overlap", 0.0);
    preparation.set("transforms", JSON.valueToTree(Transforms.NONE));
    preparation.put("neighbours", 0);
    preparation.putArray("columns");
  }
}
