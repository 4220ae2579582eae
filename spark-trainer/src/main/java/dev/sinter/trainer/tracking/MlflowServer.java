package dev.sinter.trainer.tracking;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import org.mlflow.tracking.MlflowClient;
import org.mlflow.tracking.creds.BasicMlflowHostCreds;

/**
 * Where MLflow's tracking server is and what it is told to let us in. Nothing but {@link #shown} is
 * ever printed.
 *
 * @param shown its URI without credentials
 * @param user or null
 * @param password or null
 * @param token or null; a user and password come first
 * @param anyCertificate whether TLS certificates go unchecked
 */
record MlflowServer(
    String shown, String user, String password, String token, boolean anyCertificate) {
  private static final String URI_VARIABLE = "MLFLOW_TRACKING_URI";

  /**
   * The server of a run, if it has one.
   *
   * @param configured by {@code tracking.mlflow-uri}
   * @param environment of the driver: {@code MLFLOW_TRACKING_URI} and credentials, named as MLflow
   *     names them
   * @throws IllegalArgumentException when the environment's is no HTTP server
   */
  static Optional<MlflowServer> of(Optional<String> configured, Map<String, String> environment) {
    String given = configured.orElse(environment.getOrDefault(URI_VARIABLE, ""));
    if (given.isBlank()) {
      return Optional.empty();
    }
    URI uri = parsed(given);
    StringBuilder shown = new StringBuilder(uri.getScheme()).append("://").append(uri.getHost());
    if (uri.getPort() >= 0) {
      shown.append(':').append(uri.getPort());
    }
    shown.append(uri.getRawPath() == null ? "" : uri.getRawPath().replaceAll("/+$", ""));
    String user = environment.get("MLFLOW_TRACKING_USERNAME");
    String password = environment.get("MLFLOW_TRACKING_PASSWORD");
    if (uri.getUserInfo() != null) {
      String[] parts = uri.getUserInfo().split(":", 2);
      user = parts[0];
      password = parts.length > 1 ? parts[1] : "";
    }
    return Optional.of(
        new MlflowServer(
            shown.toString(),
            user,
            password,
            environment.get("MLFLOW_TRACKING_TOKEN"),
            "true".equals(environment.get("MLFLOW_TRACKING_INSECURE_TLS"))));
  }

  // An URISyntaxException would show what it could not parse, and with it a password.
  private static URI parsed(String given) {
    URI uri = null;
    try {
      uri = new URI(given.strip());
    } catch (java.net.URISyntaxException e) {
      uri = null;
    }
    if (uri == null
        || uri.getHost() == null
        || !("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))) {
      throw new IllegalArgumentException(
          URI_VARIABLE + " is not an http: or https: URI of a tracking server");
    }
    return uri;
  }

  /** A client of it; connects with its first request. */
  MlflowClient client() {
    return new MlflowClient(new BasicMlflowHostCreds(shown, user, password, token, anyCertificate));
  }

  /** The header that lets a request of our own in. */
  Optional<String> authorization() {
    if (user != null && password != null) {
      byte[] pair = (user + ":" + password).getBytes(StandardCharsets.UTF_8);
      return Optional.of("Basic " + Base64.getEncoder().encodeToString(pair));
    }
    return Optional.ofNullable(token).map(text -> "Bearer " + text);
  }

  /** Without credentials: records print all they have. */
  @Override
  public String toString() {
    return shown;
  }
}
