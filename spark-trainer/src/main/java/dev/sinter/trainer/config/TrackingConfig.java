package dev.sinter.trainer.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Optional;

/**
 * The keys under {@code tracking}.
 *
 * @param tensorBoard whether event files are written into the run's folder
 * @param mlflowUri MLflow's tracking server; without it the environment's, if any
 * @param mlflowExperiment that the run belongs to
 * @param runName of the run, for people; by default the name of its folder
 */
public record TrackingConfig(
    boolean tensorBoard,
    Optional<String> mlflowUri,
    String mlflowExperiment,
    Optional<String> runName) {

  static TrackingConfig read(ConfigSection section) {
    TrackingConfig tracking =
        new TrackingConfig(
            section.flag("tensorboard", true),
            section.optional("mlflow-uri").filter(text -> !text.isEmpty()),
            section.text("mlflow-experiment", "sinter"),
            section.optional("run-name").filter(text -> !text.isEmpty()));
    section.reportUnknownKeys();
    if (tracking.mlflowExperiment.matches(".*['\"`].*")) {
      section.problem("mlflow-experiment", "holds a quotation mark");
    }
    tracking.mlflowUri.ifPresent(uri -> check(section, uri));
    return tracking;
  }

  // The value is not shown: what is wrong with it may be that it holds a password.
  private static void check(ConfigSection section, String value) {
    try {
      URI uri = new URI(value);
      if (uri.getHost() == null
          || !("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))) {
        section.problem("mlflow-uri", "is not an http: or https: URI of a tracking server");
      }
      if (uri.getRawUserInfo() != null || uri.getRawQuery() != null) {
        section.problem(
            "mlflow-uri",
            "holds credentials, and the configuration is stored with the run; give them in the environment"
                + " (MLFLOW_TRACKING_USERNAME, MLFLOW_TRACKING_PASSWORD, MLFLOW_TRACKING_TOKEN)");
      }
    } catch (URISyntaxException e) {
      section.problem("mlflow-uri", "is not a URI");
    }
  }
}
