package dev.sinter.trainer.run;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.sinter.trainer.checkpoint.CheckpointManifest.EpochRecord;
import dev.sinter.trainer.training.TrainingResult;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a run reached.
 *
 * @param training the training
 * @param test evaluation of the best checkpoint on the test split
 * @param report location of the HTML report
 */
public record RunSummary(TrainingResult training, TestResult test, String report) {

  /** The keys of the {@code train} object in docs/reference/json.md. */
  public Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("checkpoint", training.checkpoint());
    json.put("best_checkpoint", training.bestCheckpoint());
    json.put("steps", training.steps());
    json.put("epochs", training.epochs());
    json.put("seconds", training.seconds());
    json.put("images_per_second", training.imagesPerSecond());
    json.put("precision", training.precision());
    json.put("bytes_per_step", training.bytesPerStep());
    json.put("parameters_sha256", training.parametersSha256());
    json.put("validation", training.history().stream().map(this::epoch).toList());
    json.put("best_epoch", training.bestEpoch());
    json.put("test", test.json());
    json.put("report", report);
    return json;
  }

  /** An epoch, with its payload per step: it grows where frozen parts begin to train. */
  record Epoch(@JsonUnwrapped EpochRecord epoch, long bytesPerStep) {}

  private Epoch epoch(EpochRecord epoch) {
    return new Epoch(epoch, training.bytesPerStepOf(epoch));
  }
}
