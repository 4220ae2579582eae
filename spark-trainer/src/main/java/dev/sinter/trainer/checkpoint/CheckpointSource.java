package dev.sinter.trainer.checkpoint;

import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * A whole checkpoint, wherever it lies, that a run is told to go on from. Driver only.
 *
 * @param files its file system
 * @param given what the user named: the checkpoint or its run directory
 * @param folder the checkpoint's folder
 * @param manifest what it says of itself
 */
public record CheckpointSource(
    FileSystem files, Path given, Path folder, CheckpointManifest manifest) {

  /**
   * Finds a checkpoint.
   *
   * @param location a checkpoint directory, or a run directory: its newest checkpoint that is whole
   * @throws SinterException {@code CHECKPOINT_NOT_FOUND}, or what is wrong with the checkpoint
   */
  public static CheckpointSource find(String location, Configuration hadoop) {
    RunDirectory directory = RunDirectory.open(location, hadoop);
    FileSystem files = directory.fileSystem();
    Path given = directory.root();
    try {
      if (!files.exists(given)) {
        throw notFound("there is no " + given);
      }
      if (!files.getFileStatus(given).isDirectory()) {
        throw notFound(given + " is a file, which has no optimizer state to go on with");
      }
      if (files.exists(new Path(given, Checkpoints.MANIFEST))) {
        return new CheckpointSource(files, given, given, Checkpoints.verified(files, given));
      }
    } catch (IOException e) {
      throw AtomicFiles.failure(given, e);
    }
    List<Long> steps = directory.checkpointSteps();
    if (steps.isEmpty()) {
      throw notFound(given + " holds no checkpoint");
    }
    for (long step : steps) {
      Path folder = directory.checkpoint(step);
      try {
        return new CheckpointSource(files, given, folder, Checkpoints.verified(files, folder));
      } catch (SinterException e) {
        Checkpoints.requireDamage(e, folder);
      }
    }
    throw Checkpoints.allDamaged(directory, steps.size());
  }

  /**
   * Whether a run in this folder goes on from it anyway: it is the newest checkpoint there, or the
   * run has gone on from it before, so that the same command may be given again. The history tells,
   * which holds the times that epochs took.
   */
  public boolean isOriginOf(RunDirectory run) {
    if (given.equals(run.root())) {
      return true;
    }
    if (run.checkpoint(manifest.step()).equals(folder)) {
      return run.latestCheckpoint().filter(folder::equals).isPresent();
    }
    int epochs = manifest.history().size();
    return epochs > 0
        && run.checkpointSteps().stream()
            .flatMap(step -> Checkpoints.manifest(run, step).stream())
            .findFirst()
            .map(CheckpointManifest::history)
            .filter(history -> history.size() >= epochs)
            .filter(history -> history.subList(0, epochs).equals(manifest.history()))
            .isPresent();
  }

  /** The best checkpoint of the run, when it is another one and still beside this one. */
  Optional<CheckpointSource> best() {
    long step =
        (long) CheckpointManifest.EpochRecord.best(manifest.history())
            * manifest.run().stepsPerEpoch();
    Path best = new Path(folder.getParent(), RunDirectory.checkpointName(step));
    if (step == manifest.step()) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new CheckpointSource(files, best, best, Checkpoints.verified(files, best)));
    } catch (SinterException e) {
      Checkpoints.requireDamage(e, best);
      return Optional.empty();
    }
  }

  /** Names of all files that belong to it. */
  List<String> fileNames() {
    List<String> names = new ArrayList<>(List.of(ModelZip.FILE_NAME, Checkpoints.MANIFEST));
    names.addAll(manifest.stateFiles());
    return names;
  }

  private static SinterException notFound(String problem) {
    return new SinterException(
        ErrorCategory.DATA,
        "CHECKPOINT_NOT_FOUND",
        problem,
        "give --resume a checkpoint directory or a run directory (`sinter train` prints where it wrote them),"
            + " or auto or never");
  }
}
