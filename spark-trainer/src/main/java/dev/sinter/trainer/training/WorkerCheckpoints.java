package dev.sinter.trainer.training;

import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import dev.sinter.trainer.checkpoint.CheckpointManifest;
import dev.sinter.trainer.checkpoint.CheckpointManifest.ApproximateContinuation;
import dev.sinter.trainer.checkpoint.CheckpointManifest.EpochRecord;
import dev.sinter.trainer.checkpoint.CheckpointManifest.OptimizerSliceFile;
import dev.sinter.trainer.checkpoint.CheckpointManifest.ResidualFile;
import dev.sinter.trainer.checkpoint.CheckpointManifest.RunIdentity;
import dev.sinter.trainer.checkpoint.Checkpoints;
import dev.sinter.trainer.checkpoint.OptimizerFiles;
import dev.sinter.trainer.checkpoint.ResidualFiles;
import dev.sinter.trainer.checkpoint.Resuming;
import dev.sinter.trainer.checkpoint.RunDirectory;
import dev.sinter.trainer.checkpoint.Sha256;
import dev.sinter.trainer.config.RunConfig;
import dev.sinter.trainer.engine.FlatVector;
import dev.sinter.trainer.sync.Exchange;
import dev.sinter.trainer.sync.OptimizerState;
import dev.sinter.trainer.sync.Residual;
import dev.sinter.trainer.sync.Strategy;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import org.apache.hadoop.fs.Path;
import org.apache.spark.TaskContext;

/** One worker's part in writing and restoring checkpoints. */
final class WorkerCheckpoints {
  private static final String NOT_FOUND = "PATH_NOT_FOUND";
  private static final String CHOICE = "step of the checkpoint";
  private static final long NO_CHECKPOINT = -1;

  private final TrainingPlan plan;
  private final RunConfig run;
  private final RunDirectory directory;
  private final Checkpoints checkpoints;
  private final Resuming resuming;
  private final Exchange exchange;
  private final TaskContext context;
  private List<ApproximateContinuation> continuations = List.of();

  WorkerCheckpoints(
      TrainingPlan plan,
      RunConfig run,
      RunDirectory directory,
      Exchange exchange,
      TaskContext context) {
    this.plan = plan;
    this.run = run;
    this.exchange = exchange;
    this.context = context;
    this.directory = directory;
    this.checkpoints = new Checkpoints(directory, plan.runId(), context.stageAttemptNumber());
    this.resuming = new Resuming(identity(run, plan), plan.continuation());
  }

  /**
   * Restores the newest whole checkpoint into parameters and strategy: the one that the first
   * worker finds, so that all go on from the same step.
   *
   * @param opening makes the strategy of the steps after the given one
   * @param strategies gives it
   * @return its manifest, or null when there is none
   */
  CheckpointManifest restore(
      FlatVector parameters, LongConsumer opening, Supplier<Strategy> strategies) {
    Checkpoints.Found found = exchange.rank() == 0 ? findNewest() : findAsFirst();
    if (found == null) {
      opening.accept(0);
      return null;
    }
    try (FlatVector stored = found.model().parameters()) {
      parameters.floats().put(stored.floats());
    }
    CheckpointManifest manifest = found.model().manifest();
    opening.accept(manifest.step());
    Strategy strategy = strategies.get();
    continuations = new ArrayList<>(manifest.continuations());
    if (!found.changed().isEmpty()) {
      continuations.add(new ApproximateContinuation(manifest.step(), found.changed()));
    }
    int vectors = strategy.optimizerStates().get(0).vectors().size();
    for (OptimizerSliceFile slice : manifest.optimizerSlices()) {
      List<FlatVector> state =
          OptimizerFiles.read(directory.fileSystem(), found.folder(), slice, vectors);
      try {
        strategy.restore(new OptimizerState(slice.offset(), slice.length(), state, 0));
      } finally {
        state.forEach(FlatVector::close);
      }
    }
    restoreResiduals(found.folder(), manifest, strategy);
    return manifest;
  }

  /** Its own; every worker's where there were more or fewer workers. */
  private void restoreResiduals(Path folder, CheckpointManifest manifest, Strategy strategy) {
    int workers = manifest.residuals().size();
    for (ResidualFile file : manifest.residuals()) {
      if (workers == exchange.workers() && file.worker() != exchange.rank()) {
        continue;
      }
      List<FlatVector> vectors = ResidualFiles.read(directory.fileSystem(), folder, file);
      try {
        strategy.restore(new Residual(file.worker(), workers, file.threshold(), vectors));
      } finally {
        vectors.forEach(FlatVector::close);
      }
    }
  }

  private Checkpoints.Found findNewest() {
    Checkpoints.Found found = checkpoints.newest(resuming).orElse(null);
    try {
      ByteBuffer step = ByteBuffer.allocateDirect(Long.BYTES);
      step.putLong(0, found == null ? NO_CHECKPOINT : found.model().manifest().step());
      for (int peer = 1; peer < exchange.workers(); peer++) {
        exchange.push(peer, 0, CHOICE, step).await();
      }
      return found;
    } catch (RuntimeException e) {
      if (found != null) {
        found.model().parameters().close();
      }
      throw e;
    }
  }

  private Checkpoints.Found findAsFirst() {
    ByteBuffer step = ByteBuffer.allocateDirect(Long.BYTES);
    exchange.receive(0, 0, CHOICE, step).await(Patience.seconds(run.cluster()));
    if (step.getLong(0) == NO_CHECKPOINT) {
      return null;
    }
    try {
      return checkpoints.read(step.getLong(0), resuming);
    } catch (SinterException e) {
      if (!e.code().equals(NOT_FOUND)) {
        throw e;
      }
      throw new SinterException(
          ErrorCategory.RESOURCES,
          "CHECKPOINT_NOT_VISIBLE",
          "worker "
              + exchange.rank()
              + " does not see the checkpoint that worker 0 goes on from: "
              + e.getMessage(),
          "set train.output to a file system that all executors share, such as hdfs://",
          e);
    }
  }

  /**
   * Writes this worker's slices; the first worker makes the checkpoint whole, marks the best one
   * and prunes.
   */
  void save(
      Strategy strategy,
      FlatVector parameters,
      long step,
      List<EpochRecord> history,
      NonFiniteSteps nonFinite) {
    double patience = Patience.seconds(run.cluster());
    Path folder = checkpoints.unfinished(step);
    ArrayList<OptimizerSliceFile> mine = new ArrayList<>();
    for (OptimizerState state : strategy.optimizerStates()) {
      if (state.length() > 0 && !state.vectors().isEmpty()) {
        int length = Math.toIntExact(state.length());
        List<FloatBuffer> vectors =
            state.vectors().stream()
                .map(vector -> vector.floats(state.vectorOffset(), length))
                .toList();
        mine.add(OptimizerFiles.write(directory.fileSystem(), folder, state.offset(), vectors));
      }
    }
    List<OptimizerSliceFile> all = new ArrayList<>();
    for (ArrayList<?> part :
        Gathering.toFirst(exchange, step, "optimizer slices", ArrayList.class, mine, patience)) {
      part.forEach(slice -> all.add((OptimizerSliceFile) slice));
    }
    all.sort(Comparator.comparingLong(OptimizerSliceFile::offset));
    List<ResidualFile> residuals = saveResiduals(strategy, folder, step, patience);
    CheckpointManifest manifest = null;
    if (exchange.rank() == 0) {
      manifest = manifest(parameters, step, all, residuals, history, nonFinite);
      checkpoints.fill(plan.network().configurationJson(), parameters, manifest);
    }
    // An attempt whose other workers are gone must neither publish nor prune.
    exchange.barrier(step, "checkpoint written", patience);
    if (manifest != null) {
      checkpoints.publish(manifest, context::isInterrupted);
      directory.markBestAndPrune(
          history, plan.lanes().stepsPerEpoch(), run.train().keepCheckpoints());
    }
    // The next step waits no longer than a step may take; publishing may take longer.
    exchange.barrier(step, "checkpoint published", patience);
  }

  /** The first worker learns of all files. */
  private List<ResidualFile> saveResiduals(
      Strategy strategy, Path folder, long step, double patience) {
    ArrayList<ResidualFile> mine = new ArrayList<>();
    for (Residual residual : strategy.residuals()) {
      List<FloatBuffer> vectors = residual.vectors().stream().map(FlatVector::floats).toList();
      mine.add(
          ResidualFiles.write(
              directory.fileSystem(), folder, residual.worker(), residual.threshold(), vectors));
    }
    List<ResidualFile> all = new ArrayList<>();
    for (ArrayList<?> part :
        Gathering.toFirst(exchange, step, "residuals", ArrayList.class, mine, patience)) {
      part.forEach(file -> all.add((ResidualFile) file));
    }
    return all;
  }

  private CheckpointManifest manifest(
      FlatVector parameters,
      long step,
      List<OptimizerSliceFile> all,
      List<ResidualFile> residuals,
      List<EpochRecord> history,
      NonFiniteSteps nonFinite) {
    return new CheckpointManifest(
        CheckpointManifest.FORMAT_VERSION,
        plan.network().spec(),
        step,
        history.size(),
        resuming.expected(),
        Sha256.of(parameters),
        all,
        plan.dataset().withoutShards().toJson(),
        history,
        plan.configurationYaml(),
        context.stageAttemptNumber(),
        plan.versions(),
        continuations,
        residuals,
        nonFinite.rollBacks(),
        nonFinite.consecutiveSkips());
  }

  /** What a checkpoint must be of for a run to go on from it. */
  static RunIdentity identity(RunConfig run, TrainingPlan plan) {
    SortedMap<String, String> settings = new TreeMap<>(run.settingsOfResult());
    // Not where the network's file lies, but what is in it.
    settings.computeIfPresent(
        "model.configuration",
        (key, file) -> "sha256:" + Sha256.of(plan.network().configurationJson()));
    return new RunIdentity(
        settings,
        plan.lanes().stepsPerEpoch(),
        plan.dataset().fingerprint(),
        run.cluster().workers());
  }
}
