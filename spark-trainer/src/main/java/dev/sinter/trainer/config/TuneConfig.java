package dev.sinter.trainer.config;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/**
 * The keys under {@code tune}.
 *
 * @param trials configurations that are drawn
 * @param parallel how many train at a time, at most
 * @param eta what is left of the trials at each rung: one in eta, for eta times the epochs
 * @param minEpochs epochs of the first rung; the last one has {@code train.epochs}
 * @param seed seeds what is drawn
 * @param metric {@code metric} (accuracy or mean foreground Dice) or {@code loss}, of the val split
 * @param parameters what is searched
 */
public record TuneConfig(
    int trials,
    int parallel,
    int eta,
    int minEpochs,
    long seed,
    String metric,
    List<SearchParameter> parameters) {
  /** The metric of the validation: more is better. */
  public static final String METRIC = "metric";

  /** The loss of the validation: less is better. */
  public static final String LOSS = "loss";

  /** Copies the parameters. */
  public TuneConfig {
    parameters = List.copyOf(parameters);
  }

  static TuneConfig read(ConfigSection section, JsonNode values) {
    TuneConfig tune =
        new TuneConfig(
            section.integer("trials", 9, 1, 10_000),
            section.integer("parallel", 1, 1, 1024),
            section.integer("eta", 3, 2, 100),
            section.integer("min-epochs", 1, 1, 1_000_000),
            section.whole("seed", 1, Long.MIN_VALUE, Long.MAX_VALUE),
            section.oneOf("metric", METRIC, List.of(METRIC, LOSS)),
            parameters(section, values.path("parameters")));
    section.reportUnknownKeys();
    return tune;
  }

  private static List<SearchParameter> parameters(ConfigSection section, JsonNode values) {
    ConfigSection group = section.section("parameters");
    List<SearchParameter> parameters = new ArrayList<>();
    values
        .fields()
        .forEachRemaining(
            field ->
                SearchParameter.read(field.getKey(), field.getValue(), group)
                    .ifPresent(parameters::add));
    if (values.isEmpty()) {
      section.problem("parameters", "is missing; give keys such as optimizer.learning-rate");
    }
    return parameters;
  }
}
