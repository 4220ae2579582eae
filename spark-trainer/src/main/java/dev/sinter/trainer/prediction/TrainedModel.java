package dev.sinter.trainer.prediction;

import dev.sinter.error.SinterException;
import dev.sinter.trainer.checkpoint.CheckpointManifest;
import dev.sinter.trainer.checkpoint.ImportedModels;
import dev.sinter.trainer.checkpoint.RunDirectory;
import dev.sinter.trainer.checkpoint.StoredModel;
import dev.sinter.trainer.config.Locations;
import dev.sinter.trainer.engine.FlatVector;
import dev.sinter.trainer.engine.NativeLibraries;
import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * A model in the driver's memory.
 *
 * @param shipped what executors need of it
 * @param manifest what its checkpoint said of itself
 */
public record TrainedModel(ShippedModel shipped, CheckpointManifest manifest) {
  /**
   * Reads a run (its best checkpoint), a checkpoint or a {@code model.zip}.
   *
   * @throws SinterException {@code MODEL_NOT_FOUND}, {@code MODEL_UNREADABLE}
   */
  public static TrainedModel read(String uri, Configuration hadoop) {
    NativeLibraries.select();
    StoredModel stored = RunDirectory.readModel(Locations.qualified(uri, hadoop), hadoop);
    return new TrainedModel(ShippedModel.of(stored), stored.manifest());
  }

  /** Writes it as one {@code model.zip}, whole or not at all. */
  public void write(Path path, Configuration hadoop) {
    try (FlatVector parameters = shipped.loadParameters()) {
      ImportedModels.copy(
          path.getFileSystem(hadoop),
          path,
          new StoredModel(shipped.network().configurationJson(), parameters, manifest));
    } catch (IOException e) {
      throw dev.sinter.trainer.checkpoint.AtomicFiles.failure(path, e);
    }
  }
}
