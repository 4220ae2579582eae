package dev.sinter.trainer.checkpoint;

import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import dev.sinter.trainer.checkpoint.CheckpointManifest.EpochRecord;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The folder of one run.
 *
 * <pre>
 * checkpoints/step-0000000120/   whole checkpoints, named by their global step
 * checkpoints/.step-...          one that is being written
 * best                           name of the checkpoint with the best validation
 * config.yaml                    the configuration in force
 * report.html, curves.svg        what came out
 * </pre>
 */
public final class RunDirectory {
  /** The configuration in force, written by the driver. */
  public static final String CONFIGURATION = "config.yaml";

  private static final Pattern CHECKPOINT_NAME = Pattern.compile("step-(\\d{10})");
  private static final String CHECKPOINTS = "checkpoints";
  private static final String BEST = "best";

  private final FileSystem files;
  private final Path root;

  private RunDirectory(FileSystem files, Path root) {
    this.files = files;
    this.root = root;
  }

  /** Opens a folder, which need not exist yet. */
  public static RunDirectory open(String uri, Configuration configuration) {
    Path root = new Path(uri);
    try {
      FileSystem files = root.getFileSystem(configuration);
      return new RunDirectory(files, files.makeQualified(root));
    } catch (IOException e) {
      throw AtomicFiles.failure(root, e);
    }
  }

  /** The file system. */
  public FileSystem fileSystem() {
    return files;
  }

  /** The folder itself, qualified. */
  Path root() {
    return root;
  }

  /** A file or folder within. */
  public Path resolve(String name) {
    return new Path(root, name);
  }

  /** Writes a text file within, whole or not at all. */
  public void writeText(String name, String text) {
    AtomicFiles.writeText(files, resolve(name), text);
  }

  /** The folder of the checkpoint of a step. */
  public Path checkpoint(long step) {
    return new Path(resolve(CHECKPOINTS), checkpointName(step));
  }

  static String checkpointName(long step) {
    return String.format("step-%010d", step);
  }

  /** Steps of all whole checkpoints, the newest first. */
  public List<Long> checkpointSteps() {
    List<Long> steps = new ArrayList<>();
    try {
      for (FileStatus status : files.listStatus(resolve(CHECKPOINTS))) {
        Matcher name = CHECKPOINT_NAME.matcher(status.getPath().getName());
        if (name.matches()) {
          steps.add(Long.parseLong(name.group(1)));
        }
      }
    } catch (FileNotFoundException e) {
      return List.of();
    } catch (IOException e) {
      throw AtomicFiles.failure(resolve(CHECKPOINTS), e);
    }
    steps.sort(Collections.reverseOrder());
    return steps;
  }

  /** The newest checkpoint. */
  public Optional<Path> latestCheckpoint() {
    return checkpointSteps().stream().findFirst().map(this::checkpoint);
  }

  /** The checkpoint with the best validation, or the newest when none is marked. */
  public Optional<Path> bestCheckpoint() {
    return bestStep().map(this::checkpoint);
  }

  /** Step of {@link #bestCheckpoint}. */
  public Optional<Long> bestStep() {
    try {
      if (files.exists(resolve(BEST))) {
        Matcher name = CHECKPOINT_NAME.matcher(AtomicFiles.readText(files, resolve(BEST)).strip());
        if (name.matches()) {
          long step = Long.parseLong(name.group(1));
          if (files.exists(checkpoint(step))) {
            return Optional.of(step);
          }
        }
      }
    } catch (IOException e) {
      throw AtomicFiles.failure(resolve(BEST), e);
    }
    return checkpointSteps().stream().findFirst();
  }

  /** Marks the best checkpoint. */
  void markBest(long step) {
    AtomicFiles.writeText(files, resolve(BEST), checkpointName(step) + "\n");
  }

  /**
   * Marks the checkpoint of the best epoch, then removes all but it and the {@code keep} newest.
   * Only epochs whose checkpoint is here count: an adopted history may name a better one that
   * stayed behind.
   */
  public void markBestAndPrune(List<EpochRecord> history, int stepsPerEpoch, int keep) {
    List<Long> steps = checkpointSteps();
    List<EpochRecord> kept =
        history.stream()
            .filter(epoch -> steps.contains((long) epoch.epoch() * stepsPerEpoch))
            .toList();
    markBestAndPrune((long) EpochRecord.best(kept) * stepsPerEpoch, keep);
  }

  /** The same for a checkpoint that is known to be the best. */
  void markBestAndPrune(long bestStep, int keep) {
    markBest(bestStep);
    List<Long> steps = checkpointSteps();
    for (long step : steps.subList(Math.min(keep, steps.size()), steps.size())) {
      if (step != bestStep) {
        delete(checkpoint(step));
      }
    }
  }

  /** Removes what interrupted runs left half-written. */
  public void removeUnfinishedCheckpoints() {
    removeUnfinished(".");
  }

  /** Removes what one run left half-written. */
  public void removeUnfinishedCheckpoints(String runId) {
    removeUnfinished("." + runId + ".");
  }

  /** The folder in which an attempt of a run writes the checkpoint of a step. */
  Path unfinishedCheckpoint(long step, String runId, int stageAttempt) {
    Path whole = checkpoint(step);
    return new Path(
        whole.getParent(), "." + whole.getName() + "." + runId + ".attempt-" + stageAttempt);
  }

  private void removeUnfinished(String part) {
    try {
      for (FileStatus status : files.listStatus(resolve(CHECKPOINTS))) {
        String name = status.getPath().getName();
        if (name.startsWith(".") && name.contains(part)) {
          delete(status.getPath());
        }
      }
    } catch (FileNotFoundException e) {
      // no checkpoint yet
    } catch (IOException e) {
      throw AtomicFiles.failure(resolve(CHECKPOINTS), e);
    }
  }

  /**
   * Reads a model: a checkpoint directory, a run directory (its best checkpoint), a registry (its
   * champion) or a {@code model.zip}.
   *
   * @throws SinterException {@code MODEL_NOT_FOUND} or {@code MODEL_UNREADABLE}
   */
  public static StoredModel readModel(String uri, Configuration configuration) {
    RunDirectory directory = open(uri, configuration);
    Path zip;
    try {
      if (!directory.files.exists(directory.root)) {
        throw modelNotFound("there is no " + directory.root);
      }
      if (!directory.files.getFileStatus(directory.root).isDirectory()) {
        zip = directory.root;
      } else if (directory.files.exists(directory.resolve(ModelZip.FILE_NAME))) {
        zip = directory.resolve(ModelZip.FILE_NAME);
      } else {
        zip =
            new Promotions(directory.files, directory.root)
                .championModel()
                .or(
                    () ->
                        directory.bestCheckpoint().map(best -> new Path(best, ModelZip.FILE_NAME)))
                .orElseThrow(
                    () ->
                        modelNotFound(
                            directory.root
                                + " holds no checkpoint, and no champion of a registry"));
      }
    } catch (IOException e) {
      throw AtomicFiles.failure(directory.root, e);
    }
    return readZip(directory.files, zip);
  }

  static StoredModel readZip(FileSystem files, Path zip) {
    try (InputStream stream = files.open(zip)) {
      return ModelZip.read(stream, files.getFileStatus(zip).getLen(), zip.toString());
    } catch (IOException e) {
      throw AtomicFiles.failure(zip, e);
    }
  }

  private void delete(Path path) {
    try {
      files.delete(path, true);
    } catch (IOException e) {
      throw AtomicFiles.failure(path, e);
    }
  }

  private static SinterException modelNotFound(String problem) {
    return new SinterException(
        ErrorCategory.DATA,
        "MODEL_NOT_FOUND",
        problem,
        "give a checkpoint directory, a run directory, a registry or a model.zip; `sinter train` prints where it wrote them");
  }

  @Override
  public String toString() {
    return root.toString();
  }
}
