package dev.sinter.trainer.tracking;

import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;

/** Says in a sentence why MLflow's server was not told. Touches none of the client's classes. */
final class MlflowFailures {
  private static final int LONGEST = 200;

  private MlflowFailures() {}

  static SinterException of(String server, Throwable failure) {
    if (failure instanceof LinkageError) {
      return new SinterException(
          ErrorCategory.RESOURCES,
          "MLFLOW_CLIENT_MISSING",
          "a tracking server is set, but MLflow's client is not on the class path: "
              + failure.getMessage(),
          "training goes on without it; add org.mlflow:mlflow-client with --jars",
          failure);
    }
    Throwable cause = failure;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    String text = String.valueOf(cause.getMessage()).lines().findFirst().orElse("");
    return new SinterException(
        ErrorCategory.RESOURCES,
        "MLFLOW_NOT_REACHED",
        "MLflow's server at "
            + server
            + " was not told of everything: "
            + Redaction.ofText(text.length() > LONGEST ? text.substring(0, LONGEST) : text),
        "training goes on without it; see that the server is up and takes the credentials of MLFLOW_TRACKING_USERNAME"
            + " and MLFLOW_TRACKING_PASSWORD or MLFLOW_TRACKING_TOKEN",
        failure);
  }
}
