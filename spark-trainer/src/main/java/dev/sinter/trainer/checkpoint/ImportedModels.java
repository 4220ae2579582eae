package dev.sinter.trainer.checkpoint;

import dev.sinter.model.ModelSpec;
import dev.sinter.trainer.checkpoint.CheckpointManifest.RunIdentity;
import dev.sinter.trainer.engine.FlatVector;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** A {@code model.zip} outside of a run: of a network from elsewhere, or a trained one's copy. */
public final class ImportedModels {
  private ImportedModels() {}

  /**
   * Writes it, whole or not at all. Its manifest has step 0, and neither a configuration nor a
   * dataset.
   */
  public static void write(
      FileSystem files,
      Path path,
      ModelSpec spec,
      String configurationJson,
      FlatVector parameters,
      Map<String, String> versions) {
    CheckpointManifest manifest =
        new CheckpointManifest(
            CheckpointManifest.FORMAT_VERSION,
            spec,
            0,
            0,
            new RunIdentity(new TreeMap<>(), 0, "", 0),
            Sha256.of(parameters),
            List.of(),
            "",
            List.of(),
            "",
            0,
            versions,
            List.of(),
            List.of(),
            List.of(),
            0);
    AtomicFiles.write(
        files, path, stream -> ModelZip.write(stream, configurationJson, parameters, manifest));
  }

  /**
   * Writes a stored model as one file, whole or not at all, with all that it says of itself but the
   * state of its optimizer, which lies in other files of its checkpoint.
   */
  public static void copy(FileSystem files, Path path, StoredModel stored) {
    CheckpointManifest manifest = stored.manifest();
    CheckpointManifest alone =
        new CheckpointManifest(
            manifest.formatVersion(),
            manifest.model(),
            manifest.step(),
            manifest.epoch(),
            manifest.run(),
            manifest.parametersSha256(),
            List.of(),
            manifest.preparation(),
            manifest.history(),
            manifest.configuration(),
            manifest.stageAttempt(),
            manifest.versions(),
            manifest.continuations(),
            List.of(),
            manifest.rollBacks(),
            manifest.consecutiveSkips());
    AtomicFiles.write(
        files,
        path,
        stream -> ModelZip.write(stream, stored.configurationJson(), stored.parameters(), alone));
  }

  /** Whether a model was imported and never trained. */
  public static boolean isUntrained(CheckpointManifest manifest) {
    return manifest.preparation().isEmpty();
  }
}
