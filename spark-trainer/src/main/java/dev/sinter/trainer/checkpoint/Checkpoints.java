package dev.sinter.trainer.checkpoint;

import dev.sinter.error.SinterException;
import dev.sinter.trainer.checkpoint.CheckpointManifest.RunIdentity;
import dev.sinter.trainer.engine.FlatVector;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import org.apache.hadoop.fs.FileSystem;
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
  private static final String MANIFEST = "manifest.json";
  private static final Set<String> DAMAGED =
      Set.of("MODEL_UNREADABLE", "CHECKPOINT_UNREADABLE", "PATH_NOT_FOUND");

  private final RunDirectory directory;
  private final int stageAttempt;

  /**
   * The checkpoints of a run, for one attempt of its stage: attempts never share an unfinished
   * folder.
   */
  public Checkpoints(RunDirectory directory, int stageAttempt) {
    this.directory = directory;
    this.stageAttempt = stageAttempt;
  }

  /** The unfinished folder of a step, created if need be. */
  public Path unfinished(long step) {
    Path whole = directory.checkpoint(step);
    Path path = new Path(whole.getParent(), "." + whole.getName() + ".attempt-" + stageAttempt);
    try {
      directory.fileSystem().mkdirs(path);
    } catch (IOException e) {
      throw AtomicFiles.failure(path, e);
    }
    return path;
  }

  /**
   * Adds the model to the unfinished folder and makes it whole; for the first worker, once all
   * slices are there.
   */
  public Path finish(String configurationJson, FlatVector parameters, CheckpointManifest manifest) {
    FileSystem files = directory.fileSystem();
    Path unfinished = unfinished(manifest.step());
    Path whole = directory.checkpoint(manifest.step());
    try {
      ModelZip.write(
          files.create(new Path(unfinished, ModelZip.FILE_NAME), true),
          configurationJson,
          parameters,
          manifest);
      AtomicFiles.writeText(files, new Path(unfinished, MANIFEST), manifest.toJson());
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
   * Reads the newest checkpoint that is whole; one that is damaged is passed over with a warning.
   *
   * @param expected what the run is; a checkpoint of another run is refused
   * @return the model and its folder, or nothing when there is no checkpoint
   * @throws SinterException {@code RESUME_MISMATCH}
   */
  public Optional<Found> newest(RunIdentity expected) {
    for (long step : directory.checkpointSteps()) {
      Path folder = directory.checkpoint(step);
      StoredModel model;
      try {
        model = RunDirectory.readZip(directory.fileSystem(), new Path(folder, ModelZip.FILE_NAME));
      } catch (SinterException e) {
        if (!DAMAGED.contains(e.code())) {
          throw e;
        }
        LOG.warn("{} is passed over: {}: {}", folder, e.code(), e.getMessage());
        continue;
      }
      Resuming.requireSame(expected, model.manifest().run(), folder);
      return Optional.of(new Found(folder, model));
    }
    return Optional.empty();
  }

  /**
   * A checkpoint to go on from.
   *
   * @param folder where its optimizer slices are
   * @param model its model; whoever receives it closes the parameters
   */
  public record Found(Path folder, StoredModel model) {}
}
