package dev.sinter.trainer.checkpoint;

import dev.sinter.model.ModelSpec;
import dev.sinter.trainer.checkpoint.CheckpointManifest.RunIdentity;
import dev.sinter.trainer.engine.FlatVector;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** A {@code model.zip} of a network that was not trained here. */
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

  /** Whether a model was imported and never trained. */
  public static boolean isUntrained(CheckpointManifest manifest) {
    return manifest.preparation().isEmpty();
  }
}
