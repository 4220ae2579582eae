package dev.sinter.trainer.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sinter.dataset.SampleKind;
import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import dev.sinter.model.NetworkParts;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;

/**
 * The configuration of one run.
 *
 * @param data the collection and its shards
 * @param model the network
 * @param train the training
 * @param optimizer how gradients become updates
 * @param engine what computes them
 * @param sync how workers agree
 * @param cluster how many workers, and how long they wait
 * @param retrain how new data become a new version
 * @param tracking where its course is written
 * @param effectiveYaml every key with the value in force
 * @param settings the same, flat: full key to value
 */
public record RunConfig(
    DataConfig data,
    ModelConfig model,
    TrainConfig train,
    OptimizerConfig optimizer,
    EngineConfig engine,
    SyncConfig sync,
    ClusterConfig cluster,
    RetrainConfig retrain,
    TrackingConfig tracking,
    String effectiveYaml,
    SortedMap<String, String> settings) {
  private static final List<String> LOCATIONS =
      List.of(
          "data.input",
          "data.masks",
          "data.output",
          "model.configuration",
          "model.pretrained",
          "train.output",
          "retrain.registry");

  private static final Pattern WITHOUT_EFFECT_ON_RESULT =
      Pattern.compile(
          "data\\..*|cluster\\..*|retrain\\..*|tracking\\..*|engine\\.deterministic|train\\.output|train\\.keep-checkpoints"
              // What they did is recorded in the checkpoints.
              + "|train\\.on-non-finite|train\\.non-finite-limit|train\\.roll-back-rate");

  /**
   * Reads all keys.
   *
   * @param root the parsed YAML
   * @param source file name for messages
   * @throws SinterException {@code CONFIGURATION_INVALID}, naming every problem
   */
  static RunConfig read(JsonNode root, String source) {
    List<ConfigProblem> problems = new ArrayList<>();
    ObjectNode effective = JsonNodeFactory.instance.objectNode();
    ConfigSection top = new ConfigSection("", root, effective, problems);
    DataConfig data = DataConfig.read(top.section("data"));
    ModelConfig model = ModelConfig.read(top.section("model"), data);
    TrainConfig train = TrainConfig.read(top.section("train"), data.task());
    OptimizerConfig optimizer = OptimizerConfig.read(top.section("optimizer"));
    EngineConfig engine = EngineConfig.read(top.section("engine"));
    SyncConfig sync = SyncConfig.read(top.section("sync"), optimizer.name());
    ClusterConfig cluster = ClusterConfig.read(top.section("cluster"), train.lanes());
    RetrainConfig retrain = RetrainConfig.read(top.section("retrain"), data.task());
    TrackingConfig tracking = TrackingConfig.read(top.section("tracking"));
    top.reportUnknownKeys();
    if (data.sampling().kind().equals(Optional.of(SampleKind.ROW)) && train.augment().isSpatial()) {
      problems.add(
          new ConfigProblem(
              "train.augment", "moves pixels, which rows do not have; use noise or mixup"));
    }
    if (!model.skips().isEmpty()
        || !model.freeze().isEmpty()
        || !optimizer.learningRateFactors().isEmpty()) {
      model
          .parts(train.loss(), problems)
          .ifPresent(
              parts ->
                  new FreezeChecks(parts, problems)
                      .check(model.freeze(), train.epochs(), optimizer.learningRateFactors()));
    }
    requireNone(problems, source);
    return new RunConfig(
        data,
        model,
        train,
        optimizer,
        engine,
        sync,
        cluster,
        retrain,
        tracking,
        toYaml(effective),
        flat(effective));
  }

  /**
   * Checks what is frozen, and rates of parts, against the network that the dataset leads to.
   *
   * @throws SinterException {@code CONFIGURATION_INVALID}
   */
  public void requireParts(NetworkParts parts) {
    List<ConfigProblem> problems = new ArrayList<>();
    new FreezeChecks(parts, problems)
        .check(model.freeze(), train.epochs(), optimizer.learningRateFactors());
    requireNone(problems, "the configuration");
  }

  /** Reads the {@code data} keys of a configuration that needs no others. */
  static DataConfig readData(JsonNode root, String source) {
    List<ConfigProblem> problems = new ArrayList<>();
    ConfigSection top =
        new ConfigSection("", root, JsonNodeFactory.instance.objectNode(), problems);
    DataConfig data = DataConfig.read(top.section("data"));
    top.reportUnknownKeys();
    requireNone(problems, source);
    return data;
  }

  static void requireNone(List<ConfigProblem> problems, String source) {
    if (!problems.isEmpty()) {
      throw new SinterException(
          ErrorCategory.USAGE,
          "CONFIGURATION_INVALID",
          source
              + (problems.size() == 1
                  ? " has a problem: "
                  : " has " + problems.size() + " problems:\n")
              + problems.stream()
                  .map(problem -> problems.size() == 1 ? problem.toString() : "  - " + problem)
                  .collect(Collectors.joining("\n")),
          "correct the file, or override a key with -Dkey=value; `sinter config FILE` prints what is in force");
    }
  }

  /**
   * The same with all locations qualified: without a scheme they are on the default file system
   * ({@code fs.defaultFS}), and relative ones in its working directory. To be done once, on the
   * driver, before anything is shipped.
   *
   * @throws SinterException when a file system cannot be reached
   */
  public RunConfig qualified(Configuration hadoop) {
    Map<String, String> locations = new LinkedHashMap<>();
    for (String key : LOCATIONS) {
      String value = settings.get(key);
      if (value != null && !value.isEmpty()) {
        locations.put(key, Locations.qualified(value, hadoop));
      }
    }
    return withLocations(locations);
  }

  /** The same with other locations, qualified ones, by their keys. */
  public RunConfig withLocations(Map<String, String> locations) {
    Map<String, String> values = new LinkedHashMap<>();
    locations.forEach((key, location) -> values.put(key, quoted(location)));
    return ConfigFile.parse(effectiveYaml, values, "the configuration");
  }

  /** The same with a precision settled. */
  public RunConfig withPrecision(String precision) {
    return ConfigFile.parse(
        effectiveYaml, Map.of("engine.precision", precision), "the configuration");
  }

  private static String quoted(String text) {
    return "'" + text.replace("'", "''") + "'";
  }

  /**
   * The settings that decide a run's weights, given its dataset: what must stay the same to resume.
   */
  public SortedMap<String, String> settingsOfResult() {
    SortedMap<String, String> result = new TreeMap<>(settings);
    result.keySet().removeIf(key -> WITHOUT_EFFECT_ON_RESULT.matcher(key).matches());
    return result;
  }

  private static SortedMap<String, String> flat(ObjectNode effective) {
    SortedMap<String, String> settings = new TreeMap<>();
    flatten("", effective, settings);
    return settings;
  }

  private static void flatten(String path, JsonNode node, SortedMap<String, String> settings) {
    if (!node.isObject()) {
      settings.put(path, node.isTextual() ? node.textValue() : node.toString());
      return;
    }
    node.fields()
        .forEachRemaining(
            field ->
                flatten(
                    path.isEmpty() ? field.getKey() : path + "." + field.getKey(),
                    field.getValue(),
                    settings));
  }

  private static String toYaml(ObjectNode effective) {
    try {
      return ConfigFile.YAML.writeValueAsString(effective);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
