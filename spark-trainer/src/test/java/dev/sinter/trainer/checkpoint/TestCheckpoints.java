package dev.sinter.trainer.checkpoint;

import dev.sinter.model.ModelRegistry;
import dev.sinter.model.ModelSpec;
import dev.sinter.trainer.checkpoint.CheckpointManifest.ApproximateContinuation;
import dev.sinter.trainer.checkpoint.CheckpointManifest.ChangedSetting;
import dev.sinter.trainer.checkpoint.CheckpointManifest.EpochRecord;
import dev.sinter.trainer.checkpoint.CheckpointManifest.OptimizerSliceFile;
import dev.sinter.trainer.checkpoint.CheckpointManifest.RollBack;
import dev.sinter.trainer.checkpoint.CheckpointManifest.RunIdentity;
import dev.sinter.trainer.engine.FlatVector;
import dev.sinter.trainer.engine.Network;
import dev.sinter.trainer.engine.RandomState;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.fs.Path;

/** Writes checkpoints of a network with a few hundred parameters. */
final class TestCheckpoints {
  static final RunIdentity IDENTITY =
      new RunIdentity(
          new TreeMap<>(
              Map.of(
                  "train.seed", "1",
                  "train.lanes", "4",
                  "optimizer.name", "adam",
                  "sync.strategy", "gradient-sharing")),
          3,
          "fingerprint",
          2);

  private TestCheckpoints() {}

  static Network network() {
    ModelSpec spec =
        new ModelSpec("unet", 1, 4, 4, 2, "cross-entropy", Map.of("depth", 1, "width", 4), 1);
    return Network.of(spec, ModelRegistry.configuration(spec));
  }

  static FlatVector parameters(long seed) {
    return RandomState.parameters(network(), FlatVector.Precision.FLOAT32, seed);
  }

  static EpochRecord epoch(int number, double metric) {
    return new EpochRecord(
        number, 1.5, 1.25, metric, 0.1, 2, 0.5, 100, 4096, 1, 0.25, 0.125, 0, List.of());
  }

  static CheckpointManifest manifest(
      long step, RunIdentity identity, FlatVector parameters, List<OptimizerSliceFile> slices) {
    return new CheckpointManifest(
        CheckpointManifest.FORMAT_VERSION,
        network().spec(),
        step,
        (int) (step / 3),
        identity,
        Sha256.of(parameters),
        slices,
        "{\"schema_version\": 1}",
        List.of(epoch(1, 0.5), epoch(2, Double.NaN)),
        "train: {epochs: 2}\n",
        1,
        Map.of("sinter", "test"),
        List.of(
            new ApproximateContinuation(
                1, List.of(new ChangedSetting("engine.name", "nd4j", "libtorch")))),
        List.of(),
        List.of(new RollBack(1, 0.5, "in step 2")),
        3);
  }

  /** Writes a whole checkpoint whose optimizer state is 0, 1, 2, ... in two slices. */
  static Path write(RunDirectory directory, long step, RunIdentity identity) {
    Checkpoints checkpoints = new Checkpoints(directory, "run", 0);
    Path folder = checkpoints.unfinished(step);
    try (FlatVector parameters = parameters(step)) {
      int length = (int) parameters.length();
      List<OptimizerSliceFile> slices =
          List.of(slice(directory, folder, 0, 100), slice(directory, folder, 100, length - 100));
      CheckpointManifest manifest = manifest(step, identity, parameters, slices);
      checkpoints.fill(network().configurationJson(), parameters, manifest);
      return checkpoints.publish(manifest, () -> false);
    }
  }

  private static OptimizerSliceFile slice(
      RunDirectory directory, Path folder, int offset, int length) {
    FloatBuffer first = FloatBuffer.allocate(length);
    FloatBuffer second = FloatBuffer.allocate(length);
    for (int i = 0; i < length; i++) {
      first.put(i, offset + i);
      second.put(i, -(offset + i));
    }
    return OptimizerFiles.write(directory.fileSystem(), folder, offset, List.of(first, second));
  }
}
