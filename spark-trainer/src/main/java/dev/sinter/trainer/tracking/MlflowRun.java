package dev.sinter.trainer.tracking;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sinter.trainer.checkpoint.AtomicFiles;
import dev.sinter.trainer.checkpoint.RunDirectory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.mlflow.api.proto.Service.CreateRun;
import org.mlflow.api.proto.Service.Experiment;
import org.mlflow.api.proto.Service.Metric;
import org.mlflow.api.proto.Service.Param;
import org.mlflow.api.proto.Service.Run;
import org.mlflow.api.proto.Service.RunStatus;
import org.mlflow.api.proto.Service.RunTag;
import org.mlflow.tracking.MlflowClient;

/**
 * One run on MLflow's server. Its id is kept in the run's folder, so that a later driver goes on
 * with the same one.
 */
final class MlflowRun implements AutoCloseable {
  /** In the run's folder: which run on which server. */
  static final String FILE = "mlflow.json";

  // Limits of MLflow's REST interface.
  private static final int METRICS_PER_REQUEST = 1000;
  private static final int OTHERS_PER_REQUEST = 100;
  private static final int LONGEST_PARAMETER = 500;
  private static final int LONGEST_TAG = 5000;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final MlflowClient client;
  private final Run run;

  private MlflowRun(MlflowClient client, Run run) {
    this.client = client;
    this.run = run;
  }

  /** The run of this folder, made if it is not there yet. */
  static MlflowRun open(
      MlflowServer server, String experiment, RunDirectory directory, RunFacts facts)
      throws IOException {
    MlflowClient client = server.client();
    try {
      Optional<String> known = known(server, directory);
      String id =
          known.isPresent() ? known.get() : create(client, server, experiment, directory, facts);
      Run run = client.getRun(id);
      MlflowRun opened = new MlflowRun(client, run);
      opened.describe(facts);
      return opened;
    } catch (RuntimeException | IOException e) {
      client.close();
      throw e;
    }
  }

  /** The run of this folder, if there is one. */
  static Optional<MlflowRun> find(MlflowServer server, RunDirectory directory) throws IOException {
    Optional<String> known = known(server, directory);
    if (known.isEmpty()) {
      return Optional.empty();
    }
    MlflowClient client = server.client();
    return Optional.of(new MlflowRun(client, client.getRun(known.get())));
  }

  private static Optional<String> known(MlflowServer server, RunDirectory directory)
      throws IOException {
    if (!directory.fileSystem().exists(directory.resolve(FILE))) {
      return Optional.empty();
    }
    JsonNode stored =
        JSON.readTree(AtomicFiles.readText(directory.fileSystem(), directory.resolve(FILE)));
    return Optional.of(stored)
        .filter(node -> node.path("server").asText().equals(server.shown()))
        .map(node -> node.path("run_id").asText())
        .filter(id -> !id.isEmpty());
  }

  private static String create(
      MlflowClient client,
      MlflowServer server,
      String experiment,
      RunDirectory directory,
      RunFacts facts) {
    String experimentId = experimentId(client, experiment);
    CreateRun.Builder request =
        CreateRun.newBuilder()
            .setExperimentId(experimentId)
            .setStartTime(System.currentTimeMillis())
            .addTags(tag("mlflow.runName", facts.name()))
            .addTags(tag("mlflow.source.name", "sinter train"))
            .addTags(tag("mlflow.source.type", "JOB"));
    String id = client.createRun(request.build()).getRunId();
    ObjectNode stored = JSON.createObjectNode();
    stored.put("server", server.shown()).put("experiment_id", experimentId).put("run_id", id);
    directory.writeText(FILE, stored.toPrettyString() + "\n");
    return id;
  }

  // Searched, not asked for by name: what is not there would be asked for three times.
  private static String experimentId(MlflowClient client, String name) {
    return client.searchExperiments("name = '" + name + "'").getItems().stream()
        .filter(experiment -> experiment.getName().equals(name))
        .findFirst()
        .map(Experiment::getExperimentId)
        .orElseGet(() -> client.createExperiment(name));
  }

  /** Adds the parameters and tags that it does not have; a parameter is never changed. */
  private void describe(RunFacts facts) {
    Set<String> known = new HashSet<>();
    run.getData().getParamsList().forEach(param -> known.add(param.getKey()));
    List<Param> missing =
        facts.settings().entrySet().stream()
            .filter(setting -> !known.contains(setting.getKey()))
            .map(
                setting ->
                    Param.newBuilder()
                        .setKey(setting.getKey())
                        .setValue(shortened(setting.getValue(), LONGEST_PARAMETER))
                        .build())
            .toList();
    for (List<Param> part : parts(missing, OTHERS_PER_REQUEST)) {
      client.logBatch(id(), null, part, null);
    }
    tags(facts.tags());
    client.sendPost(
        "runs/update",
        JSON.createObjectNode().put("run_id", id()).put("status", "RUNNING").toString());
  }

  /** Sets tags, under {@code sinter.}. */
  void tags(Map<String, String> tags) {
    SortedMap<String, String> sorted = new TreeMap<>(tags);
    List<RunTag> all =
        sorted.entrySet().stream()
            .map(entry -> tag(name(entry.getKey()), shortened(entry.getValue(), LONGEST_TAG)))
            .toList();
    for (List<RunTag> part : parts(all, OTHERS_PER_REQUEST)) {
      client.logBatch(id(), null, null, part);
    }
  }

  /** Where MLflow looks for the commit; all others are ours. */
  private static String name(String tag) {
    return tag.equals("version.commit") ? "mlflow.source.git.commit" : "sinter." + tag;
  }

  /** Adds metrics. */
  void metrics(List<Metric> metrics) {
    for (List<Metric> part : parts(metrics, METRICS_PER_REQUEST)) {
      client.logBatch(id(), part, null, null);
    }
  }

  /** The last value of a metric that the server has, from any driver. */
  double latest(String metric, double otherwise) {
    return run.getData().getMetricsList().stream()
        .filter(candidate -> candidate.getKey().equals(metric))
        .mapToDouble(Metric::getValue)
        .findFirst()
        .orElse(otherwise);
  }

  /** Says how it ended. */
  void end(RunStatus status, double wallTime) {
    client.setTerminated(id(), status, (long) (wallTime * 1000));
  }

  /** Its id on the server. */
  String id() {
    return run.getInfo().getRunId();
  }

  /** Where its artifacts belong, as the server says. */
  String artifacts() {
    return run.getInfo().getArtifactUri();
  }

  @Override
  public void close() {
    client.close();
  }

  private static RunTag tag(String key, String value) {
    return RunTag.newBuilder().setKey(key).setValue(value).build();
  }

  private static String shortened(String text, int longest) {
    return text.length() <= longest ? text : text.substring(0, longest - 3) + "...";
  }

  private static <T> List<List<T>> parts(List<T> all, int size) {
    List<List<T>> parts = new ArrayList<>();
    for (int from = 0; from < all.size(); from += size) {
      parts.add(all.subList(from, Math.min(all.size(), from + size)));
    }
    return parts;
  }
}
