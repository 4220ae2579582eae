package dev.sinter.trainer.training;

import dev.sinter.trainer.checkpoint.CheckpointManifest;
import dev.sinter.trainer.checkpoint.CheckpointManifest.EpochRecord;
import dev.sinter.trainer.checkpoint.CheckpointManifest.OptimizerSliceFile;
import dev.sinter.trainer.checkpoint.CheckpointManifest.RunIdentity;
import dev.sinter.trainer.checkpoint.Checkpoints;
import dev.sinter.trainer.checkpoint.OptimizerFiles;
import dev.sinter.trainer.checkpoint.RunDirectory;
import dev.sinter.trainer.checkpoint.Sha256;
import dev.sinter.trainer.config.RunConfig;
import dev.sinter.trainer.engine.FlatVector;
import dev.sinter.trainer.sync.Exchange;
import dev.sinter.trainer.sync.OptimizerState;
import dev.sinter.trainer.sync.Strategy;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/** One worker's part in writing and restoring checkpoints. */
final class WorkerCheckpoints {
  private final TrainingPlan plan;
  private final RunConfig run;
  private final RunDirectory directory;
  private final Checkpoints checkpoints;
  private final RunIdentity identity;

  WorkerCheckpoints(
      TrainingPlan plan, RunConfig run, int workers, int stageAttempt, Configuration hadoop) {
    this.plan = plan;
    this.run = run;
    this.directory = RunDirectory.open(run.train().output(), hadoop);
    this.checkpoints = new Checkpoints(directory, stageAttempt);
    this.identity = identity(plan, run, workers);
  }

  /**
   * Restores the newest whole checkpoint into parameters and strategy.
   *
   * @return its manifest, or null when there is none
   */
  CheckpointManifest restore(FlatVector parameters, Strategy strategy) {
    Checkpoints.Found found = checkpoints.newest(identity).orElse(null);
    if (found == null) {
      return null;
    }
    try (FlatVector stored = found.model().parameters()) {
      parameters.floats().put(stored.floats());
    }
    CheckpointManifest manifest = found.model().manifest();
    int vectors = strategy.optimizerState().vectors().size();
    for (OptimizerSliceFile slice : manifest.optimizerSlices()) {
      List<FlatVector> state =
          OptimizerFiles.read(directory.fileSystem(), found.folder(), slice, vectors);
      strategy.restore(new OptimizerState(slice.offset(), slice.length(), state, 0));
      state.forEach(FlatVector::close);
    }
    return manifest;
  }

  /**
   * Writes this worker's slices; the first worker makes the checkpoint whole, marks the best one
   * and prunes.
   */
  void save(
      Exchange exchange,
      Strategy strategy,
      FlatVector parameters,
      long step,
      List<EpochRecord> history) {
    Path folder = checkpoints.unfinished(step);
    ArrayList<OptimizerSliceFile> mine = new ArrayList<>();
    OptimizerState state = strategy.optimizerState();
    if (state.length() > 0 && !state.vectors().isEmpty()) {
      int length = Math.toIntExact(state.length());
      List<FloatBuffer> vectors =
          state.vectors().stream()
              .map(vector -> vector.floats(state.vectorOffset(), length))
              .toList();
      mine.add(OptimizerFiles.write(directory.fileSystem(), folder, state.offset(), vectors));
    }
    List<OptimizerSliceFile> all = new ArrayList<>();
    for (ArrayList<?> part :
        Gathering.toFirst(exchange, step, "optimizer slices", ArrayList.class, mine)) {
      part.forEach(slice -> all.add((OptimizerSliceFile) slice));
    }
    if (exchange.rank() != 0) {
      return;
    }
    all.sort(Comparator.comparingLong(OptimizerSliceFile::offset));
    CheckpointManifest manifest =
        new CheckpointManifest(
            CheckpointManifest.FORMAT_VERSION,
            plan.network().spec(),
            step,
            history.size(),
            identity,
            Sha256.of(parameters),
            all,
            plan.dataset().withoutShards().toJson(),
            history,
            plan.configurationYaml(),
            plan.versions());
    checkpoints.finish(plan.network().configurationJson(), parameters, manifest);
    directory.markBestAndPrune(
        (long) EpochRecord.best(history) * plan.lanes().stepsPerEpoch(),
        run.train().keepCheckpoints());
  }

  private static RunIdentity identity(TrainingPlan plan, RunConfig run, int workers) {
    return new RunIdentity(
        run.settingsOfResult(),
        plan.lanes().stepsPerEpoch(),
        plan.dataset().fingerprint(),
        workers);
  }
}
