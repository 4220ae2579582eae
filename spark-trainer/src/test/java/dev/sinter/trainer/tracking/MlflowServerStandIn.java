package dev.sinter.trainer.tracking;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Executors;

/**
 * A tracking server that speaks as much of MLflow's REST interface as a run needs, and refuses what
 * MLflow refuses: unknown runs, other values of a parameter that is set, too large requests.
 */
public final class MlflowServerStandIn implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** What a run has. */
  public static final class StoredRun {
    public final Map<String, String> params = new TreeMap<>();
    public final Map<String, String> tags = new TreeMap<>();
    public final SortedMap<String, Map<Long, Double>> metrics = new TreeMap<>();
    public final Map<String, byte[]> artifacts = new TreeMap<>();
    public String status = "";
    public String experiment = "";
  }

  private final HttpServer server;
  private final Map<String, String> experiments = new LinkedHashMap<>(Map.of("0", "Default"));
  private final Map<String, StoredRun> runs = new LinkedHashMap<>();
  private final List<String> authorizations = new ArrayList<>();
  private String artifactRoot = "mlflow-artifacts:/";
  private boolean refusing;

  public MlflowServerStandIn() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newCachedThreadPool());
    server.createContext("/", this::handle);
    server.start();
  }

  /** Its address. */
  public String uri() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** All runs, the first one first. */
  public synchronized List<StoredRun> runs() {
    return List.copyOf(runs.values());
  }

  /** The run's id. */
  public synchronized List<String> ids() {
    return List.copyOf(runs.keySet());
  }

  synchronized List<String> experiments() {
    return List.copyOf(experiments.values());
  }

  /** What requests carried to be let in. */
  synchronized List<String> authorizations() {
    return List.copyOf(authorizations);
  }

  /** From now on every request fails, or none. */
  synchronized void refuse(boolean all) {
    refusing = all;
  }

  synchronized void keepArtifactsAt(String root) {
    artifactRoot = root;
  }

  @Override
  public void close() {
    server.stop(0);
  }

  private void handle(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readAllBytes();
    int status = 200;
    String answer;
    try {
      answer = answer(exchange, body);
    } catch (IllegalArgumentException e) {
      status = 400;
      answer = JSON.createObjectNode().put("message", e.getMessage()).toString();
    }
    byte[] bytes = answer.getBytes(java.nio.charset.StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  private synchronized String answer(HttpExchange exchange, byte[] body) throws IOException {
    authorizations.add(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
    if (refusing) {
      throw new IllegalArgumentException("refused");
    }
    String path = exchange.getRequestURI().getPath();
    String artifacts = "/api/2.0/mlflow-artifacts/artifacts/";
    if (path.startsWith(artifacts) && exchange.getRequestMethod().equals("PUT")) {
      String[] parts = path.substring(artifacts.length()).split("/", 4);
      run(parts[1]).artifacts.put(parts[3], body);
      return "{}";
    }
    JsonNode request = body.length == 0 ? JSON.createObjectNode() : JSON.readTree(body);
    return switch (path.replace("/api/2.0/mlflow/", "")) {
      case "experiments/search" -> experimentList();
      case "experiments/create" -> {
        String id = Integer.toString(experiments.size());
        experiments.put(id, request.get("name").asText());
        yield JSON.createObjectNode().put("experiment_id", id).toString();
      }
      case "runs/create" -> created(request);
      case "runs/get" -> {
        String id = exchange.getRequestURI().getQuery().replaceAll(".*run_id=([^&]*).*", "$1");
        yield JSON.createObjectNode().set("run", shown(id)).toString();
      }
      case "runs/log-batch" -> logged(request);
      case "runs/update" -> {
        run(request.get("run_id").asText()).status = request.get("status").asText();
        yield "{}";
      }
      default -> throw new IllegalArgumentException("unknown " + path);
    };
  }

  private StoredRun run(String id) {
    if (!runs.containsKey(id)) {
      throw new IllegalArgumentException("no run " + id);
    }
    return runs.get(id);
  }

  private String experimentList() {
    ObjectNode answer = JSON.createObjectNode();
    ArrayNode list = answer.putArray("experiments");
    experiments.forEach(
        (id, name) ->
            list.addObject()
                .put("experiment_id", id)
                .put("name", name)
                .put("lifecycle_stage", "active"));
    return answer.toString();
  }

  private String created(JsonNode request) {
    String id = "run" + runs.size();
    StoredRun run = new StoredRun();
    run.experiment = experiments.get(request.get("experiment_id").asText());
    run.status = "RUNNING";
    request
        .path("tags")
        .forEach(tag -> run.tags.put(tag.get("key").asText(), tag.get("value").asText()));
    runs.put(id, run);
    return JSON.createObjectNode().set("run", shown(id)).toString();
  }

  private ObjectNode shown(String id) {
    StoredRun run = run(id);
    ObjectNode shown = JSON.createObjectNode();
    shown
        .putObject("info")
        .put("run_id", id)
        .put("status", run.status)
        .put("artifact_uri", artifactRoot + "1/" + id + "/artifacts");
    ObjectNode data = shown.putObject("data");
    ArrayNode params = data.putArray("params");
    run.params.forEach((key, value) -> params.addObject().put("key", key).put("value", value));
    ArrayNode metrics = data.putArray("metrics");
    run.metrics.forEach(
        (key, points) -> {
          long last = points.keySet().stream().mapToLong(Long::longValue).max().orElseThrow();
          metrics
              .addObject()
              .put("key", key)
              .put("value", points.get(last))
              .put("timestamp", 1)
              .put("step", last);
        });
    return shown;
  }

  private String logged(JsonNode request) {
    StoredRun run = run(request.get("run_id").asText());
    if (request.path("metrics").size() > 1000
        || request.path("params").size() > 100
        || request.path("tags").size() > 100) {
      throw new IllegalArgumentException("too much in one request");
    }
    for (JsonNode param : request.path("params")) {
      String value = param.get("value").asText();
      String before = run.params.putIfAbsent(param.get("key").asText(), value);
      if (value.length() > 500 || (before != null && !before.equals(value))) {
        throw new IllegalArgumentException("bad value of " + param.get("key"));
      }
    }
    request
        .path("tags")
        .forEach(tag -> run.tags.put(tag.get("key").asText(), tag.get("value").asText()));
    for (JsonNode metric : request.path("metrics")) {
      Map<Long, Double> points =
          run.metrics.computeIfAbsent(metric.get("key").asText(), key -> new TreeMap<>());
      if (points.put(metric.path("step").asLong(), metric.get("value").asDouble()) != null) {
        throw new IllegalArgumentException(metric.get("key") + " has that step already");
      }
    }
    return "{}";
  }
}
