package dev.sinter.trainer.config;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import dev.sinter.trainer.checkpoint.AtomicFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;

/** Reads a run's YAML file and its {@code -Dkey=value} overrides. */
public final class ConfigFile {
  static final ObjectMapper YAML =
      new ObjectMapper(
              YAMLFactory.builder()
                  .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
                  .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
                  .enable(YAMLGenerator.Feature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
                  .build())
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private static final String TUNE = "tune";
  private static final Pattern SCHEME = Pattern.compile("[a-z][a-z0-9+.-]*:/");

  private ConfigFile() {}

  /**
   * Reads a file on the local file system.
   *
   * @param overrides full key to value in YAML notation
   * @throws SinterException {@code CONFIGURATION_NOT_FOUND}, {@code CONFIGURATION_NOT_YAML} or
   *     {@code CONFIGURATION_INVALID}
   */
  public static RunConfig read(Path file, Map<String, String> overrides) {
    return parse(text(file), overrides, file.toString());
  }

  /**
   * The text of a file on the local file system.
   *
   * @throws SinterException {@code CONFIGURATION_NOT_FOUND} or {@code CONFIGURATION_UNREADABLE}
   */
  public static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (NoSuchFileException e) {
      throw new SinterException(
          ErrorCategory.USAGE,
          "CONFIGURATION_NOT_FOUND",
          "there is no file " + file.toAbsolutePath(),
          "check the path; an example is cluster-configs/local/mednist.yaml",
          e);
    } catch (IOException e) {
      throw new SinterException(
          ErrorCategory.USAGE,
          "CONFIGURATION_UNREADABLE",
          file.toAbsolutePath() + " cannot be read: " + e,
          "check that it is a text file in UTF-8 and that you may read it",
          e);
    }
  }

  /**
   * Reads a file on the local file system or, with a scheme such as {@code hdfs:}, on another one.
   *
   * @throws SinterException as above, and what keeps the file system from being reached
   */
  public static RunConfig read(
      String location, Map<String, String> overrides, Configuration hadoop) {
    return parse(text(location, hadoop), overrides, location);
  }

  private static String text(String location, Configuration hadoop) {
    if (!SCHEME.matcher(location).lookingAt()) {
      return text(Path.of(location));
    }
    org.apache.hadoop.fs.Path path = new org.apache.hadoop.fs.Path(location);
    try {
      return AtomicFiles.readText(path.getFileSystem(hadoop), path);
    } catch (IOException e) {
      throw AtomicFiles.failure(path, e);
    }
  }

  /** Parses a configuration from memory; {@code source} names it in messages. */
  public static RunConfig parse(String text, Map<String, String> overrides, String source) {
    ObjectNode root = parseObject(text, source);
    overrides.forEach((key, value) -> put(root, key, value));
    root.remove(TUNE); // read by a search alone
    return RunConfig.read(root, source);
  }

  /** Reads a run's file with its {@code tune} keys. */
  public static TuneFile readTune(
      String location, Map<String, String> overrides, Configuration hadoop) {
    return parseTune(text(location, hadoop), overrides, location);
  }

  /** The same from memory. */
  public static TuneFile parseTune(String text, Map<String, String> overrides, String source) {
    ObjectNode root = parseObject(text, source);
    overrides.forEach((key, value) -> put(root, key, value));
    JsonNode tune = root.path(TUNE);
    if (!tune.isObject()) {
      throw new SinterException(
          ErrorCategory.USAGE,
          "CONFIGURATION_INVALID",
          source + " has no tune group: what is to be searched",
          "see docs/how-to/tune.md");
    }
    root.remove(TUNE);
    return TuneFile.of(tune, RunConfig.read(root, source), source);
  }

  /** Parses the {@code data} keys alone, for a command that needs no more. */
  public static DataConfig parseData(String text, Map<String, String> overrides, String source) {
    ObjectNode root = parseObject(text, source);
    overrides.forEach((key, value) -> put(root, key, value));
    return RunConfig.readData(root, source);
  }

  /** The text of a key before anything is checked; empty where it is not set, or no scalar. */
  public static String value(
      String text, Map<String, String> overrides, String key, String source) {
    ObjectNode root = parseObject(text, source);
    overrides.forEach((one, value) -> put(root, one, value));
    return root.at("/" + key.replace('.', '/')).asText("");
  }

  private static ObjectNode parseObject(String text, String source) {
    try {
      JsonNode node = YAML.readTree(text);
      if (node == null || node.isMissingNode() || node.isNull()) {
        return JsonNodeFactory.instance.objectNode();
      }
      if (node instanceof ObjectNode object) {
        return object;
      }
      throw notYaml(source, "its top level is not a group of keys", null);
    } catch (JsonProcessingException e) {
      throw notYaml(source, e.getOriginalMessage().lines().findFirst().orElse("") + where(e), e);
    }
  }

  private static String where(JsonProcessingException e) {
    return e.getLocation() == null ? "" : " (line " + e.getLocation().getLineNr() + ")";
  }

  private static SinterException notYaml(String source, String problem, Throwable cause) {
    return new SinterException(
        ErrorCategory.USAGE,
        "CONFIGURATION_NOT_YAML",
        source + " is not a YAML configuration: " + problem,
        "see docs/reference/configuration.md for the keys",
        cause);
  }

  private static void put(ObjectNode root, String key, String value) {
    String[] parts = key.split("\\.", -1);
    ObjectNode node = root;
    for (int i = 0; i < parts.length - 1; i++) {
      JsonNode child = node.get(parts[i]);
      node = child instanceof ObjectNode object ? object : node.putObject(parts[i]);
    }
    JsonNode parsed;
    try {
      parsed = YAML.readTree(value);
    } catch (JsonProcessingException e) {
      // Neither the value nor the parser's words: it may be a password that was meant for Spark.
      throw notYaml("-D" + key, "its value is not YAML", null);
    }
    node.set(
        parts[parts.length - 1],
        parsed == null || parsed.isMissingNode()
            ? JsonNodeFactory.instance.textNode(value)
            : parsed);
  }
}
