package dev.sinter.trainer.retrain;

import dev.sinter.dataset.DatasetManifest;
import dev.sinter.trainer.checkpoint.AtomicFiles;
import dev.sinter.trainer.config.DataConfig;
import dev.sinter.trainer.registry.Decision;
import dev.sinter.trainer.registry.RetrainingFiles;
import dev.sinter.trainer.registry.VersionData;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.Arrays;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/** The dataset of a retraining, to which data are added, and what of it no decision has seen. */
final class GrowingDataset {
  private final DataConfig data;
  private final RetrainingFiles files;
  private final RetrainSteps steps;
  private final Configuration hadoop;
  private final Path folder;

  GrowingDataset(DataConfig data, RetrainingFiles files, RetrainSteps steps, Configuration hadoop) {
    this.data = data;
    this.files = files;
    this.steps = steps;
    this.hadoop = hadoop;
    this.folder = new Path(data.output());
  }

  /** The dataset as it is. */
  DatasetManifest now() {
    return DatasetManifest.read(folder, hadoop);
  }

  /**
   * Adds what is new. A growth that was killed goes on by itself. A first preparation leaves files
   * beside which {@code prepare} would refuse to begin: in a folder that was noted as empty they
   * are its own, and it is made anew.
   */
  DatasetManifest grow() {
    boolean noted = files.prepares(data.output());
    if (!noted && !data.input().isEmpty() && isEmpty()) {
      files.notePreparation(data.output());
    }
    DatasetManifest dataset =
        steps.grow(noted && !hasIndex() ? RetrainSteps.Growth.ANEW : RetrainSteps.Growth.NEW_DATA);
    files.end();
    return dataset;
  }

  /** Samples that the last decision did not know; corrected files alone count as one. */
  long newSamples(DatasetManifest dataset) {
    VersionData now = VersionData.of(dataset);
    return files
        .lastDecision()
        .map(Decision::data)
        .map(
            then ->
                then.fingerprint().equals(now.fingerprint())
                    ? 0
                    : Math.max(1, now.allSamples() - then.allSamples()))
        .orElse(now.allSamples());
  }

  private boolean hasIndex() {
    Path index = new Path(folder, DatasetManifest.FILE_NAME);
    try {
      return index.getFileSystem(hadoop).exists(index);
    } catch (IOException e) {
      throw AtomicFiles.failure(index, e);
    }
  }

  /** What begins with a dot is unfinished, and in nobody's way. */
  private boolean isEmpty() {
    try {
      return Arrays.stream(folder.getFileSystem(hadoop).listStatus(folder))
          .allMatch(file -> file.getPath().getName().startsWith("."));
    } catch (FileNotFoundException e) {
      return true;
    } catch (IOException e) {
      throw AtomicFiles.failure(folder, e);
    }
  }
}
