package dev.sinter.trainer.checkpoint;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import dev.sinter.model.ModelSpec;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a checkpoint says of itself.
 *
 * @param formatVersion version of this layout
 * @param model what the network was made from
 * @param step global steps done
 * @param epoch epochs done
 * @param run what decides the bits of the run; resuming asks for the same
 * @param parametersSha256 of the flat vector, float32 little-endian, statistics included
 * @param optimizerSlices files of the optimizer's state
 * @param preparation the dataset.json (as JSON) that the model was trained on, without its shards
 * @param history one entry per finished epoch
 * @param configuration effective YAML
 * @param stageAttempt attempt of the stage that wrote it; 0 where it is not told
 * @param versions of Sinter and the libraries under it
 * @param continuations where the run went on otherwise than it had begun, so that its bits are not
 *     those of its configuration alone
 * @param residuals files of what each worker has not sent yet, by worker; none where all is sent
 * @param rollBacks where the run went back with a lower learning rate, the first one first
 * @param consecutiveSkips steps before {@code step} that were not finite and were skipped, without
 *     one in between that was taken
 */
public record CheckpointManifest(
    int formatVersion,
    ModelSpec model,
    long step,
    int epoch,
    RunIdentity run,
    String parametersSha256,
    List<OptimizerSliceFile> optimizerSlices,
    String preparation,
    List<EpochRecord> history,
    String configuration,
    int stageAttempt,
    Map<String, String> versions,
    List<ApproximateContinuation> continuations,
    List<ResidualFile> residuals,
    List<RollBack> rollBacks,
    int consecutiveSkips) {

  /** The version that this code writes and reads. */
  public static final int FORMAT_VERSION = 1;

  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .enable(SerializationFeature.INDENT_OUTPUT)
          .addMixIn(ModelSpec.class, StoredSpec.Format.class)
          .build();

  /** What older manifests do not have are empty lists. */
  public CheckpointManifest {
    continuations = continuations == null ? List.of() : List.copyOf(continuations);
    residuals = residuals == null ? List.of() : List.copyOf(residuals);
    rollBacks = rollBacks == null ? List.of() : List.copyOf(rollBacks);
  }

  /**
   * What decides the bits of a run.
   *
   * @param settings configuration keys and their values, of all keys that change the result
   * @param stepsPerEpoch global steps in an epoch
   * @param dataset fingerprint of what was learnt from
   * @param workers workers that wrote it; parameter averaging and sparse messages depend on it
   */
  public record RunIdentity(
      SortedMap<String, String> settings, int stepsPerEpoch, String dataset, int workers)
      implements Serializable {
    /** Copies the settings. */
    public RunIdentity {
      settings = new TreeMap<>(settings);
    }
  }

  /**
   * A key that is not what it was.
   *
   * @param key full key
   * @param from value in the checkpoint, or {@code not set}
   * @param to value from now on, or {@code not set}
   */
  public record ChangedSetting(String key, String from, String to) implements Serializable {}

  /**
   * A place at which a run went on with other settings.
   *
   * @param step the last one with the settings before
   * @param changed what differs after it
   */
  public record ApproximateContinuation(long step, List<ChangedSetting> changed) {
    /** Copies the list. */
    public ApproximateContinuation {
      changed = List.copyOf(changed);
    }
  }

  /**
   * A step that was not finite, after which the run went back and on with a lower learning rate.
   *
   * @param step that it went back to, 0 for the beginning
   * @param learningRateFactor of all steps after that
   * @param reason what was not finite, and in which step
   */
  public record RollBack(long step, double learningRateFactor, String reason)
      implements Serializable {

    /** What the roll-backs so far multiply the learning rate of a step with. */
    public static double factorAt(List<RollBack> rollBacks, long step) {
      double factor = 1;
      for (RollBack rollBack : rollBacks) {
        factor *= rollBack.step() < step ? rollBack.learningRateFactor() : 1;
      }
      return factor;
    }
  }

  /**
   * One slice of the optimizer's state: its vectors one after the other, float32 little-endian.
   *
   * @param file name within the checkpoint
   * @param offset first parameter
   * @param length number of parameters
   * @param crc32c of the file
   */
  public record OptimizerSliceFile(String file, long offset, int length, long crc32c)
      implements Serializable {}

  /**
   * What one worker has not sent yet: its vectors one after the other, float32 little-endian.
   *
   * @param file name within the checkpoint
   * @param worker whose it is
   * @param length of each vector: number of parameters
   * @param vectors how many there are
   * @param threshold magnitude above which the worker sends, or 0
   * @param crc32c of the file
   */
  public record ResidualFile(
      String file, int worker, int length, int vectors, float threshold, long crc32c)
      implements Serializable {}

  /**
   * What an epoch reached.
   *
   * @param epoch counted from 1
   * @param trainLoss mean over the epoch's steps
   * @param validationLoss mean over the val split; NaN without one
   * @param validationMetric accuracy, or mean foreground Dice; NaN without a val split
   * @param learningRate at the end of the epoch
   * @param seconds of training
   * @param validationSeconds of validation
   * @param imagesPerSecond over the training part
   * @param bytesSent by all workers
   * @param computeSeconds of the slowest worker, of the training part
   * @param waitSeconds for other workers, of the slowest worker
   * @param transferSeconds of the slowest worker
   * @param skippedSteps that were not finite, and left everything as it was
   * @param workers where each worker's time went
   */
  public record EpochRecord(
      int epoch,
      double trainLoss,
      double validationLoss,
      double validationMetric,
      double learningRate,
      double seconds,
      double validationSeconds,
      double imagesPerSecond,
      long bytesSent,
      double computeSeconds,
      double waitSeconds,
      double transferSeconds,
      int skippedSteps,
      List<WorkerRecord> workers)
      implements Serializable {

    /** Older records know nothing of single workers. */
    public EpochRecord {
      workers = workers == null ? List.of() : List.copyOf(workers);
    }

    /**
     * Number of the best epoch: highest metric, then lowest loss, then the earliest; the last one
     * without validation.
     */
    public static int best(List<EpochRecord> history) {
      EpochRecord best = null;
      for (EpochRecord candidate : history) {
        if (best == null || candidate.isBetterThan(best)) {
          best = candidate;
        }
      }
      return best == null ? 0 : best.epoch();
    }

    private boolean isBetterThan(EpochRecord other) {
      if (Double.isNaN(validationMetric)) {
        return true;
      }
      int byMetric = Double.compare(validationMetric, other.validationMetric);
      return byMetric > 0 || (byMetric == 0 && validationLoss < other.validationLoss);
    }
  }

  /** Names of the files of optimizer state and residuals. */
  List<String> stateFiles() {
    List<String> names = new ArrayList<>();
    optimizerSlices.forEach(slice -> names.add(slice.file()));
    residuals.forEach(residual -> names.add(residual.file()));
    return names;
  }

  /**
   * Where one worker's time went in an epoch.
   *
   * @param worker its rank
   * @param host where it ran
   * @param computeSeconds computing lanes
   * @param waitSeconds waiting for other workers
   * @param transferSeconds moving data
   * @param bytesSent to other workers
   * @param imagesPerSecond of its lanes, over the time that it computed
   * @param straggler whether it computed much longer than the others
   */
  public record WorkerRecord(
      int worker,
      String host,
      double computeSeconds,
      double waitSeconds,
      double transferSeconds,
      long bytesSent,
      double imagesPerSecond,
      boolean straggler)
      implements Serializable {}

  /** The manifest as it is stored. */
  public String toJson() {
    try {
      return JSON.writeValueAsString(this);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  static CheckpointManifest fromJson(String json, String source) {
    try {
      int version = JSON.readTree(json).path("format_version").asInt(-1);
      if (version != FORMAT_VERSION) {
        throw new SinterException(
            ErrorCategory.DATA,
            "CHECKPOINT_VERSION_UNSUPPORTED",
            source + " has checkpoint format " + version + "; this Sinter reads " + FORMAT_VERSION,
            "use the version of Sinter that wrote it, or train again");
      }
      return JSON.readValue(json, CheckpointManifest.class);
    } catch (JsonProcessingException e) {
      throw new SinterException(
          ErrorCategory.DATA,
          "CHECKPOINT_UNREADABLE",
          source + " holds a damaged manifest: " + e.getOriginalMessage(),
          "use another checkpoint of the run; the older ones are beside it",
          e);
    }
  }
}
