package dev.sinter.trainer.prediction;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import java.util.List;
import java.util.Optional;

/**
 * What an output is, {@code prediction.json}: enough to know whether the same command goes on with
 * it.
 *
 * @param schemaVersion 1
 * @param task of the models
 * @param models SHA-256 of each
 * @param window, overlap, flips, probabilities, microBatchSize the options that change what is
 *     written
 * @param sources how many there are
 * @param sourcesSha256 over names, sizes and times of all sources
 * @param sourcesPerChunk how many the chunks have, at most
 * @param predicted sources, or rows of tables; -1 while it is unfinished
 * @param rejected sources and rows that could not be read; -1 while it is unfinished
 */
record PredictionManifest(
    int schemaVersion,
    String task,
    List<String> models,
    String window,
    double overlap,
    List<String> flips,
    boolean probabilities,
    int microBatchSize,
    long sources,
    String sourcesSha256,
    int sourcesPerChunk,
    long predicted,
    long rejected) {
  static final String FILE = "prediction.json";

  private static final int VERSION = 1;
  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .enable(SerializationFeature.INDENT_OUTPUT)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build();

  static PredictionManifest unfinished(PredictionPlan plan, SourceChunks chunks) {
    PredictionOptions options = plan.options();
    return new PredictionManifest(
        VERSION,
        plan.dataset().task().key(),
        plan.models().stream().map(PredictionPlan::digest).toList(),
        options.window().name().toLowerCase(java.util.Locale.ROOT),
        plan.slides() ? options.overlap() : 0,
        options.flips().stream().map(Flip::key).sorted().toList(),
        options.probabilities() == PredictionOptions.Probabilities.WRITTEN,
        options.microBatchSize(),
        chunks.sources(),
        chunks.sha256(),
        chunks.sourcesPerChunk(),
        -1,
        -1);
  }

  PredictionManifest finished(long predictedSources, long rejectedSources) {
    return new PredictionManifest(
        schemaVersion,
        task,
        models,
        window,
        overlap,
        flips,
        probabilities,
        microBatchSize,
        sources,
        sourcesSha256,
        sourcesPerChunk,
        predictedSources,
        rejectedSources);
  }

  boolean isFinished() {
    return predicted >= 0;
  }

  /** In what the other one was made differently, in words; empty when they are the same. */
  Optional<String> difference(PredictionManifest other) {
    if (!models.equals(other.models) || !task.equals(other.task)) {
      return Optional.of("with another model");
    }
    if (!options().equals(other.options())) {
      return Optional.of("with other options (" + options() + ", not " + other.options() + ")");
    }
    if (sources != other.sources || !sourcesSha256.equals(other.sourcesSha256)) {
      return Optional.of(
          "of other files (" + sources + ", now " + other.sources + ", or changed since)");
    }
    return Optional.empty();
  }

  private String options() {
    return String.format(
        java.util.Locale.ROOT,
        "--window %s --overlap %s --tta %s --micro-batch-size %d%s",
        window,
        overlap,
        flips.isEmpty() ? "none" : String.join(",", flips),
        microBatchSize,
        probabilities ? " --probabilities" : "");
  }

  String toJson() {
    try {
      return JSON.writeValueAsString(this) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a manifest that cannot be written", e);
    }
  }

  static PredictionManifest parse(String text, String path) {
    try {
      PredictionManifest manifest = JSON.readValue(text, PredictionManifest.class);
      if (manifest.schemaVersion == VERSION && manifest.models != null && manifest.flips != null) {
        return manifest;
      }
      throw damaged(path, "schema_version is " + manifest.schemaVersion);
    } catch (JsonProcessingException e) {
      throw damaged(path, e.getOriginalMessage());
    }
  }

  private static SinterException damaged(String path, String problem) {
    return new SinterException(
        ErrorCategory.USAGE,
        "PREDICTION_DIFFERS",
        path + " is not what this version writes: " + problem,
        "choose another --output, or remove that folder");
  }
}
