package dev.sinter.trainer.checkpoint;

import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import dev.sinter.trainer.checkpoint.CheckpointManifest.ChangedSetting;
import dev.sinter.trainer.engine.FlatVector;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import org.apache.hadoop.fs.ChecksumException;
import org.apache.hadoop.fs.FSError;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.FileUtil;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes and finds the checkpoints of one run. Every worker writes its optimizer slices into a
 * folder under a temporary name; the first worker then adds the model and renames the folder, so a
 * checkpoint is whole or absent.
 */
public final class Checkpoints {
  private static final Logger LOG = LoggerFactory.getLogger(Checkpoints.class);
  static final String MANIFEST = "manifest.json";
  private static final Set<String> DAMAGED =
      Set.of("MODEL_UNREADABLE", "CHECKPOINT_UNREADABLE", "CHECKPOINT_DAMAGED", "PATH_NOT_FOUND");

  private final RunDirectory directory;
  private final String runId;
  private final int stageAttempt;

  /**
   * The checkpoints of a run, for one attempt of its stage: runs and attempts never share an
   * unfinished folder.
   */
  public Checkpoints(RunDirectory directory, String runId, int stageAttempt) {
    this.directory = directory;
    this.runId = runId;
    this.stageAttempt = stageAttempt;
  }

  /** The unfinished folder of a step, created if need be. */
  public Path unfinished(long step) {
    Path path = directory.unfinishedCheckpoint(step, runId, stageAttempt);
    try {
      directory.fileSystem().mkdirs(path);
    } catch (IOException e) {
      throw AtomicFiles.failure(path, e);
    }
    return path;
  }

  /** Adds model and manifest to the unfinished folder; for the first worker. */
  public void fill(String configurationJson, FlatVector parameters, CheckpointManifest manifest) {
    FileSystem files = directory.fileSystem();
    Path unfinished = unfinished(manifest.step());
    try {
      ModelZip.write(
          files.create(new Path(unfinished, ModelZip.FILE_NAME), true),
          configurationJson,
          parameters,
          manifest);
      AtomicFiles.writeText(files, new Path(unfinished, MANIFEST), manifest.toJson());
    } catch (IOException e) {
      AtomicFiles.deleteQuietly(files, unfinished, e);
      throw AtomicFiles.failure(directory.checkpoint(manifest.step()), e);
    }
  }

  /**
   * Makes the unfinished folder whole; for the first worker, once all workers have written.
   *
   * @param cancelled whether this attempt is over: it must not publish beside a newer one
   */
  public Path publish(CheckpointManifest manifest, BooleanSupplier cancelled) {
    FileSystem files = directory.fileSystem();
    Path unfinished = directory.unfinishedCheckpoint(manifest.step(), runId, stageAttempt);
    Path whole = directory.checkpoint(manifest.step());
    try {
      requireFiles(unfinished, manifest);
      if (cancelled.getAsBoolean()) {
        throw new CancellationException("the task was cancelled before " + whole + " was whole");
      }
      if (files.exists(whole)) {
        files.delete(whole, true);
      }
      if (!files.rename(unfinished, whole)) {
        throw new IOException("renaming " + unfinished + " to " + whole + " failed");
      }
      return whole;
    } catch (IOException e) {
      AtomicFiles.deleteQuietly(files, unfinished, e);
      throw AtomicFiles.failure(whole, e);
    }
  }

  /**
   * Copies a checkpoint from elsewhere into this run, which keeps it like one of its own, and with
   * it the best one of its run. Copied, so that a restarted stage and later commands find what they
   * go on from in one place, and the other run may be removed.
   */
  public void adopt(CheckpointSource source) {
    copy(source); // first: interrupted after it, the run still goes on from the right step
    Optional<CheckpointSource> best = source.best();
    best.ifPresent(this::copy);
    directory.markBest(best.orElse(source).manifest().step());
  }

  private void copy(CheckpointSource source) {
    FileSystem files = directory.fileSystem();
    Path unfinished = unfinished(source.manifest().step());
    try {
      for (String name : source.fileNames()) {
        FileUtil.copy(
            source.files(),
            new Path(source.folder(), name),
            files,
            new Path(unfinished, name),
            false,
            files.getConf());
      }
    } catch (IOException e) {
      AtomicFiles.deleteQuietly(files, unfinished, e);
      throw AtomicFiles.failure(directory.checkpoint(source.manifest().step()), e);
    } catch (FSError e) { // how Hadoop's local file system reports a full disk
      AtomicFiles.deleteQuietly(files, unfinished, e);
      throw AtomicFiles.failure(
          directory.checkpoint(source.manifest().step()), new IOException(e.getMessage()));
    }
    publish(source.manifest(), () -> false);
  }

  private void requireFiles(Path unfinished, CheckpointManifest manifest) throws IOException {
    List<String> names = new ArrayList<>(List.of(ModelZip.FILE_NAME, MANIFEST));
    names.addAll(manifest.stateFiles());
    for (String name : names) {
      if (!directory.fileSystem().exists(new Path(unfinished, name))) {
        throw new SinterException(
            ErrorCategory.RESOURCES,
            "CHECKPOINT_INCOMPLETE",
            unfinished + " lacks " + name + ", which a worker has just written",
            "see that no other run or clean-up writes to this run's folder");
      }
    }
  }

  /**
   * Compares the newest manifest that can be read with a run, before anything is written.
   *
   * @return what differs without keeping the run from going on
   * @throws SinterException {@code RESUME_MISMATCH}
   */
  public List<ChangedSetting> requireResumable(Resuming resuming) {
    return newestManifest()
        .map(manifest -> resuming.require(manifest, directory.checkpoint(manifest.step())))
        .orElse(List.of());
  }

  /** The newest manifest that can be read. */
  public Optional<CheckpointManifest> newestManifest() {
    return directory.checkpointSteps().stream()
        .map(step -> manifest(directory, step))
        .flatMap(Optional::stream)
        .findFirst();
  }

  /** The manifest of a step, or nothing when it is damaged. */
  static Optional<CheckpointManifest> manifest(RunDirectory directory, long step) {
    Path folder = directory.checkpoint(step);
    Path file = new Path(folder, MANIFEST);
    try {
      return Optional.of(
          CheckpointManifest.fromJson(
              AtomicFiles.readText(directory.fileSystem(), file), file.toString()));
    } catch (SinterException e) {
      requireDamage(e, folder);
      return Optional.empty();
    }
  }

  /** The same for a checkpoint that lies elsewhere. */
  public List<ChangedSetting> requireResumable(Resuming resuming, CheckpointSource source) {
    return resuming.require(source.manifest(), source.folder());
  }

  /**
   * Reads the newest checkpoint that is whole; one that is damaged is passed over with a warning.
   *
   * @param resuming what the run is; a checkpoint of another run is refused
   * @return the model and its folder, or nothing when there is no checkpoint
   * @throws SinterException {@code RESUME_MISMATCH}; {@code CHECKPOINTS_DAMAGED} when there are
   *     checkpoints and none is whole
   */
  public Optional<Found> newest(Resuming resuming) {
    List<Long> steps = directory.checkpointSteps();
    for (long step : steps) {
      try {
        return Optional.of(read(step, resuming));
      } catch (SinterException e) {
        requireDamage(e, directory.checkpoint(step));
      }
    }
    if (!steps.isEmpty()) {
      throw allDamaged(directory, steps.size());
    }
    return Optional.empty();
  }

  static SinterException allDamaged(RunDirectory directory, int checkpoints) {
    return new SinterException(
        ErrorCategory.DATA,
        "CHECKPOINTS_DAMAGED",
        "all " + checkpoints + " checkpoints in " + directory + " are damaged or incomplete",
        "bring one back from a copy, or remove the run's folder to train from the beginning");
  }

  /** The manifest of a checkpoint whose weights can be read and whose files are all there. */
  static CheckpointManifest verified(FileSystem files, Path folder) {
    StoredModel model = RunDirectory.readZip(files, new Path(folder, ModelZip.FILE_NAME));
    model.parameters().close();
    OptimizerFiles.requireSizes(files, folder, model.manifest().optimizerSlices());
    ResidualFiles.requireSizes(files, folder, model.manifest().residuals());
    return model.manifest();
  }

  /** Reads the checkpoint of a step. */
  public Found read(long step, Resuming resuming) {
    Path folder = directory.checkpoint(step);
    StoredModel model =
        RunDirectory.readZip(directory.fileSystem(), new Path(folder, ModelZip.FILE_NAME));
    try {
      List<ChangedSetting> changed = resuming.require(model.manifest(), folder);
      OptimizerFiles.requireSizes(
          directory.fileSystem(), folder, model.manifest().optimizerSlices());
      ResidualFiles.requireSizes(directory.fileSystem(), folder, model.manifest().residuals());
      return new Found(folder, model, changed);
    } catch (RuntimeException e) {
      model.parameters().close();
      throw e;
    }
  }

  static void requireDamage(SinterException e, Path folder) {
    if (!DAMAGED.contains(e.code()) && !(e.getCause() instanceof ChecksumException)) {
      throw e;
    }
    LOG.warn("{} is passed over: {}: {}", folder, e.code(), e.getMessage());
  }

  /**
   * A checkpoint to go on from.
   *
   * @param folder where its optimizer slices are
   * @param model its model; whoever receives it closes the parameters
   * @param changed settings that were others when it was written
   */
  public record Found(Path folder, StoredModel model, List<ChangedSetting> changed) {}
}
