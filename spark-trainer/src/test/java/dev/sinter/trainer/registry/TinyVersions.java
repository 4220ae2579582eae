package dev.sinter.trainer.registry;

import dev.sinter.model.ModelRegistry;
import dev.sinter.model.ModelSpec;
import dev.sinter.trainer.checkpoint.CheckpointManifest;
import dev.sinter.trainer.checkpoint.CheckpointManifest.RunIdentity;
import dev.sinter.trainer.checkpoint.StoredModel;
import dev.sinter.trainer.engine.FlatVector;
import dev.sinter.trainer.engine.Network;
import dev.sinter.trainer.engine.RandomState;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Versions of a network with a few hundred parameters, each with weights of its own. */
public final class TinyVersions {
  private TinyVersions() {}

  /** What the version of an attempt says of itself. */
  public static ModelVersion version(int attempt) {
    return new ModelVersion(
        ModelVersion.FORMAT_VERSION,
        ModelVersion.nameOf(attempt),
        attempt,
        "2026-01-01T00:00:00Z",
        attempt == 1 ? null : ModelVersion.nameOf(attempt - 1),
        "unet",
        "segmentation",
        sha256(attempt),
        2,
        "dice",
        new TreeMap<>(Map.of("dice", 0.5 + attempt / 100.0)),
        new VersionData(
            "fingerprint " + attempt,
            new TreeMap<>(Map.of("train", 10L * attempt, "test", 4L)),
            new TreeMap<>(Map.of("train", 5L * attempt, "test", 2L))),
        "train: {epochs: 2}\n",
        Map.of("sinter", "test"));
  }

  /** Adds it to a registry. */
  public static void register(RegistryDirectory registry, int attempt) {
    try (FlatVector parameters = parameters(attempt)) {
      registry.register(
          version(attempt),
          new StoredModel(network().configurationJson(), parameters, manifest(attempt)));
    }
  }

  /** What stands in its manifest. */
  public static String sha256(int attempt) {
    return "sha256 of attempt " + attempt;
  }

  private static Network network() {
    ModelSpec spec =
        new ModelSpec("unet", 1, 4, 4, 2, "cross-entropy", Map.of("depth", 1, "width", 4), 1);
    return Network.of(spec, ModelRegistry.configuration(spec));
  }

  private static FlatVector parameters(int attempt) {
    return RandomState.parameters(network(), FlatVector.Precision.FLOAT32, attempt);
  }

  private static CheckpointManifest manifest(int attempt) {
    return new CheckpointManifest(
        CheckpointManifest.FORMAT_VERSION,
        network().spec(),
        6,
        2,
        new RunIdentity(new TreeMap<>(), 3, "fingerprint", 2),
        sha256(attempt),
        List.of(),
        "{\"schema_version\": 1}",
        List.of(),
        "train: {epochs: 2}\n",
        1,
        Map.of("sinter", "test"),
        List.of(),
        List.of(),
        List.of(),
        0);
  }
}
