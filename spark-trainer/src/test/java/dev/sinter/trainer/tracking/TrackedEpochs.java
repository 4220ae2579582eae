package dev.sinter.trainer.tracking;

import dev.sinter.trainer.checkpoint.CheckpointManifest.EpochRecord;
import dev.sinter.trainer.checkpoint.CheckpointManifest.WorkerRecord;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Made-up courses of runs. */
final class TrackedEpochs {
  static final double TIME = 1_700_000_000.25;

  private TrackedEpochs() {}

  static RunFacts facts() {
    return new RunFacts(
        "first",
        "accuracy",
        new TreeMap<>(
            Map.of(
                "model.name", "resnet18",
                "optimizer.learning-rate", "0.125",
                "optimizer.nesterov", "true",
                "data.output", "hdfs://name/shards")),
        "model:\n  name: resnet18\n",
        new TreeMap<>(Map.of("dataset.fingerprint", "f00d")));
  }

  /** Its numbers all follow from the epoch's, and from {@code salt} where a repetition differs. */
  static EpochRecord epoch(int epoch, double salt) {
    return new EpochRecord(
        epoch,
        1.0 / epoch + salt,
        2.0 / epoch,
        1 - 0.5 / epoch,
        0.1 / epoch,
        10 + epoch,
        2,
        100 * epoch,
        4000L * epoch,
        8,
        1,
        0.5,
        0,
        List.of(
            new WorkerRecord(0, "a", 8, 1, 0.5, 2000, 50, false),
            new WorkerRecord(1, "b", 7, 2, 0.25, 2000, 60, false)));
  }
}
