package dev.sinter.trainer.tracking;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sinter.error.SinterException;
import dev.sinter.trainer.checkpoint.CheckpointManifest.EpochRecord;
import dev.sinter.trainer.checkpoint.RunDirectory;
import dev.sinter.trainer.tracking.SummaryEvent.Scalar;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.fs.Path;
import org.mlflow.api.proto.Service.Metric;
import org.mlflow.api.proto.Service.RunStatus;

/**
 * Tells MLflow's server of a run, with one or two requests for each epoch. What the server did not
 * take is kept and sent with the next epoch. Steps are sent with their epoch, whose checkpoint is
 * whole then: so a run that goes on repeats none.
 */
final class MlflowTracker implements RunTracker {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int STEPS_PER_EPOCH = 1000;
  private static final int EPOCHS_KEPT = 1000;

  private final MlflowServer server;
  private final String experiment;
  private final RunDirectory directory;
  private final RunFacts facts;
  private final Deque<List<Metric>> unsent = new ArrayDeque<>();
  private final List<Metric> steps = new ArrayList<>();
  private MlflowRun run;
  private int lastEpoch = -1;

  MlflowTracker(MlflowServer server, String experiment, RunDirectory directory, RunFacts facts) {
    this.server = server;
    this.experiment = experiment;
    this.directory = directory;
    this.facts = facts;
  }

  @Override
  public SinterException warning(Throwable failure) {
    return MlflowFailures.of(server.shown(), failure);
  }

  @Override
  public void begin(Beginning beginning) throws IOException {
    steps.clear();
    for (EpochRecord epoch : beginning.history()) {
      add(new EpochPoint(beginning.wallTime(), beginning.stepsPerEpoch(), epoch));
    }
    send();
  }

  @Override
  public void step(StepPoint point) {
    if (steps.size() < STEPS_PER_EPOCH) {
      steps.add(metric(EpochScalars.STEP_LOSS, point.meanLoss(), point.wallTime(), point.step()));
    }
  }

  @Override
  public void epoch(EpochPoint point) throws IOException {
    add(point);
    send();
  }

  @Override
  public void end(Ending ending) throws IOException {
    send();
    run.tags(ending.references());
    run.end(
        ending.status() == Status.FINISHED ? RunStatus.FINISHED : RunStatus.FAILED,
        ending.wallTime());
  }

  /**
   * Adds the report itself and a reference to the checkpoint: the run's files stay where they are.
   */
  @Override
  public void report(double wallTime, Map<String, Double> results, Path report) throws IOException {
    Optional<MlflowRun> found = MlflowRun.find(server, directory);
    if (found.isEmpty()) {
      return; // the server was down all the time, and that has been said
    }
    run = found.get();
    long step = directory.bestStep().orElse(0L);
    run.metrics(
        results.entrySet().stream()
            .filter(result -> Double.isFinite(result.getValue()))
            .map(result -> metric("test/" + result.getKey(), result.getValue(), wallTime, step))
            .toList());
    run.tags(Map.of("report", report.toString()));
    MlflowArtifacts artifacts =
        new MlflowArtifacts(server, run.artifacts(), directory.fileSystem().getConf());
    String checkpoint = directory.checkpoint(step).toString();
    if (artifacts.put(
        "checkpoint.json",
        (JSON.createObjectNode().put("best_checkpoint", checkpoint).toPrettyString() + "\n")
            .getBytes(StandardCharsets.UTF_8))) {
      try (InputStream stream = directory.fileSystem().open(report)) {
        artifacts.put("report.html", stream.readAllBytes());
      }
    }
  }

  @Override
  public void close() {
    if (run != null) {
      run.close();
    }
  }

  private void add(EpochPoint point) {
    int epoch = point.epoch().epoch();
    if (epoch > lastEpoch) {
      List<Metric> metrics = new ArrayList<>(steps);
      for (Scalar scalar : EpochScalars.of(point.epoch(), point.stepsPerEpoch(), facts.metric())) {
        metrics.add(metric(scalar.tag(), scalar.value(), point.wallTime(), point.step()));
      }
      unsent.add(metrics);
      lastEpoch = epoch;
      if (unsent.size() > EPOCHS_KEPT) {
        unsent.remove();
      }
    }
    steps.clear();
  }

  private void send() throws IOException {
    if (run == null) {
      run = MlflowRun.open(server, experiment, directory, facts);
      double there = run.latest(EpochScalars.EPOCH, 0);
      unsent.removeIf(metrics -> epochOf(metrics) <= there);
      lastEpoch = Math.max(lastEpoch, (int) there);
    }
    while (!unsent.isEmpty()) {
      run.metrics(unsent.element());
      unsent.remove();
    }
  }

  private static double epochOf(List<Metric> metrics) {
    return metrics.stream()
        .filter(metric -> metric.getKey().equals(EpochScalars.EPOCH))
        .mapToDouble(Metric::getValue)
        .findFirst()
        .orElseThrow();
  }

  static Metric metric(String key, double value, double wallTime, long step) {
    return Metric.newBuilder()
        .setKey(key)
        .setValue(value)
        .setTimestamp((long) (wallTime * 1000))
        .setStep(step)
        .build();
  }
}
