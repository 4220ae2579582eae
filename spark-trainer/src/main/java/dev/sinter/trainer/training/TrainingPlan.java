package dev.sinter.trainer.training;

import com.esotericsoftware.kryo.DefaultSerializer;
import com.esotericsoftware.kryo.serializers.JavaSerializer;
import dev.sinter.dataset.DatasetManifest;
import dev.sinter.trainer.checkpoint.CheckpointManifest.RollBack;
import dev.sinter.trainer.checkpoint.Continuation;
import dev.sinter.trainer.config.ConfigFile;
import dev.sinter.trainer.config.RunConfig;
import dev.sinter.trainer.data.LanePlan;
import dev.sinter.trainer.engine.Network;
import java.io.Serializable;
import java.util.List;
import java.util.Map;

/**
 * Everything that the workers of a run share; broadcast once.
 *
 * @param runId names the run in messages between workers and to the driver
 * @param network the network
 * @param dataset index of the shards
 * @param lanes which lane serves which samples
 * @param configurationYaml the configuration in force
 * @param initialParameters flat vector as float32 in native order; used when there is no checkpoint
 * @param versions of Sinter and its libraries
 * @param continuation whether it may go on from a checkpoint of a run with other settings
 * @param rollBacks so far; a checkpoint may know of fewer
 * @param lastEpoch after which the workers stop, though the run may go on later: its schedule is
 *     that of all epochs
 */
@DefaultSerializer(JavaSerializer.class) // Kryo 4 knows no records
record TrainingPlan(
    String runId,
    Network network,
    DatasetManifest dataset,
    LanePlan lanes,
    String configurationYaml,
    byte[] initialParameters,
    Map<String, String> versions,
    Continuation continuation,
    List<RollBack> rollBacks,
    int lastEpoch)
    implements Serializable {

  /** The same after one more roll-back, under a name that no task of before knows. */
  TrainingPlan after(List<RollBack> all, String newRunId) {
    return new TrainingPlan(
        newRunId,
        network,
        dataset,
        lanes,
        configurationYaml,
        initialParameters,
        versions,
        continuation,
        all,
        lastEpoch);
  }

  /** The same under another name and configuration. */
  TrainingPlan under(String otherRunId, RunConfig run) {
    return new TrainingPlan(
        otherRunId,
        network,
        dataset,
        lanes,
        run.effectiveYaml(),
        initialParameters,
        versions,
        continuation,
        rollBacks,
        lastEpoch);
  }

  /** The configuration, parsed. */
  RunConfig configuration() {
    return ConfigFile.parse(configurationYaml, Map.of(), "the broadcast configuration");
  }

  /** Steps done when the workers stop. */
  long lastStep() {
    return Math.min(totalSteps(), (long) lanes.stepsPerEpoch() * lastEpoch);
  }

  /** Steps of the whole run. */
  long totalSteps() {
    return (long) lanes.stepsPerEpoch() * configuration().train().epochs();
  }
}
