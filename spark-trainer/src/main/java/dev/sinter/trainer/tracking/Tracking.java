package dev.sinter.trainer.tracking;

import dev.sinter.error.SinterException;
import dev.sinter.trainer.checkpoint.CheckpointManifest.EpochRecord;
import dev.sinter.trainer.checkpoint.RunDirectory;
import dev.sinter.trainer.config.RunConfig;
import dev.sinter.trainer.tracking.RunTracker.Beginning;
import dev.sinter.trainer.tracking.RunTracker.Ending;
import dev.sinter.trainer.tracking.RunTracker.EpochPoint;
import dev.sinter.trainer.tracking.RunTracker.Status;
import dev.sinter.trainer.tracking.RunTracker.StepPoint;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the course of one run to wherever its configuration says, while it trains. Driver only.
 * Its methods return at once, and none of them fails: a run is worth more than its curves.
 */
public final class Tracking implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Tracking.class);
  private static final long PATIENCE_MILLIS = 10_000;

  private final List<TrackerThread> trackers;
  private boolean begun;
  private boolean ended;

  private Tracking(List<TrackerThread> trackers) {
    this.trackers = trackers;
  }

  /**
   * Begins, for the driver that holds the run's folder.
   *
   * @param dataset fingerprint of what is learnt from
   * @param versions of Sinter and its libraries
   * @param warnings told once for each place that cannot be written to
   */
  public static Tracking open(
      RunConfig run,
      RunDirectory directory,
      String dataset,
      Map<String, String> versions,
      Consumer<SinterException> warnings) {
    RunFacts facts = facts(run, directory, dataset, versions);
    Consumer<SinterException> told =
        failure -> {
          warn(failure);
          warnings.accept(failure);
        };
    List<TrackerThread> trackers = new ArrayList<>();
    if (run.tracking().tensorBoard()) {
      trackers.add(
          new TrackerThread(
              new TensorBoardTracker(
                  directory.fileSystem(),
                  directory.resolve(TensorBoardTracker.FOLDER),
                  facts,
                  now()),
              told,
              PATIENCE_MILLIS));
    }
    mlflow(run, directory, facts, told).ifPresent(trackers::add);
    return new Tracking(trackers);
  }

  // The client may have been left out of a cluster's class path: only touched when it is asked for.
  private static Optional<TrackerThread> mlflow(
      RunConfig run, RunDirectory directory, RunFacts facts, Consumer<SinterException> warnings) {
    try {
      return MlflowServer.of(run.tracking().mlflowUri(), System.getenv())
          .map(
              server ->
                  new TrackerThread(
                      new MlflowTracker(
                          server, run.tracking().mlflowExperiment(), directory, facts),
                      warnings,
                      PATIENCE_MILLIS));
    } catch (IllegalArgumentException | LinkageError e) {
      warnings.accept(MlflowFailures.of("the environment's URI", e));
      return Optional.empty();
    }
  }

  /**
   * Adds what comes after training to where the run was tracked.
   *
   * @param results on the test split, name to value
   * @param report location of the HTML report
   */
  public static void report(
      RunConfig run, RunDirectory directory, Map<String, Double> results, Path report) {
    double now = now();
    mlflow(run, directory, facts(run, directory, "", Map.of()), Tracking::warn)
        .ifPresent(
            tracker -> {
              tracker.tell(told -> told.report(now, results, report));
              tracker.close();
            });
  }

  private static RunFacts facts(
      RunConfig run, RunDirectory directory, String dataset, Map<String, String> versions) {
    SortedMap<String, String> tags = new TreeMap<>();
    versions.forEach((name, version) -> tags.put("version." + name, version));
    tags.put("dataset.fingerprint", dataset);
    return new RunFacts(
        run.tracking().runName().orElseGet(() -> new Path(directory.toString()).getName()),
        run.data().task().equals("segmentation") ? "dice" : "accuracy",
        Redaction.ofSettings(run.settings()),
        Redaction.ofYaml(run.effectiveYaml()),
        tags);
  }

  /**
   * Training begins or goes on.
   *
   * @param step global steps done before
   * @param history epochs done before; asked for on a thread that may wait
   */
  public void begin(long step, int stepsPerEpoch, Supplier<List<EpochRecord>> history) {
    double now = now();
    begun = true;
    tell(tracker -> tracker.begin(new Beginning(now, step, stepsPerEpoch, history.get())));
  }

  /** A step is done. */
  public void step(long step, double meanLoss) {
    StepPoint point = new StepPoint(now(), step, meanLoss);
    tell(tracker -> tracker.step(point));
  }

  /** An epoch is done and its checkpoint is whole. */
  public void epoch(EpochRecord epoch, int stepsPerEpoch) {
    EpochPoint point = new EpochPoint(now(), stepsPerEpoch, epoch);
    tell(tracker -> tracker.epoch(point));
  }

  /**
   * The run is trained to its end.
   *
   * @param references name to what it left
   */
  public void finish(Map<String, String> references) {
    end(Status.FINISHED, references);
  }

  /** Waits for what is still to be written, a few seconds at most. */
  @Override
  public void close() {
    if (!ended) {
      end(Status.FAILED, Map.of());
    }
    trackers.forEach(TrackerThread::close);
  }

  private void end(Status status, Map<String, String> references) {
    ended = true;
    if (!begun) {
      return; // refused before anything was trained: nothing is to be left
    }
    Ending ending = new Ending(now(), status, Map.copyOf(references));
    tell(tracker -> tracker.end(ending));
  }

  private void tell(TrackerThread.Action action) {
    trackers.forEach(tracker -> tracker.tell(action));
  }

  private static void warn(SinterException failure) {
    LOG.warn("{}: {}; {}", failure.code(), failure.getMessage(), failure.remedy());
    LOG.debug("{}", failure.code(), failure);
  }

  private static double now() {
    return System.currentTimeMillis() / 1e3;
  }
}
