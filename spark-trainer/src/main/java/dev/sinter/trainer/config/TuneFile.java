package dev.sinter.trainer.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A run's file with a {@code tune} group: what every trial has, and what is searched.
 *
 * @param tune the search
 * @param base the run, as it is without the search
 */
public record TuneFile(TuneConfig tune, RunConfig base) {

  static TuneFile of(JsonNode tune, RunConfig base, String source) {
    List<ConfigProblem> problems = new ArrayList<>();
    ConfigSection section =
        new ConfigSection("tune", tune, JsonNodeFactory.instance.objectNode(), problems);
    TuneConfig config = TuneConfig.read(section, tune);
    if (config.minEpochs() > base.train().epochs()) {
      section.problem(
          "min-epochs",
          config.minEpochs() + " is more than train.epochs (" + base.train().epochs() + ")");
    }
    if (base.sync().strategy().startsWith("dl4j-")) {
      section.problem(
          "parameters",
          "cannot be searched with " + base.sync().strategy() + ", which cannot resume");
    }
    RunConfig.requireNone(problems, source);
    return new TuneFile(config, base);
  }

  /**
   * The configuration of a trial.
   *
   * @param values full key to value in YAML
   */
  public RunConfig trial(String name, String output, Map<String, String> values) {
    Map<String, String> overrides = new LinkedHashMap<>(values);
    overrides.put("train.output", quoted(output));
    overrides.put("tracking.run-name", quoted(name));
    return ConfigFile.parse(base.effectiveYaml(), overrides, name + " " + values);
  }

  private static String quoted(String text) {
    return "'" + text.replace("'", "''") + "'";
  }
}
