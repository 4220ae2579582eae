package dev.sinter.trainer.prediction;

import com.esotericsoftware.kryo.DefaultSerializer;
import com.esotericsoftware.kryo.serializers.JavaSerializer;
import dev.sinter.dataset.DatasetManifest;
import dev.sinter.dataset.SampleKind;
import dev.sinter.dataset.Task;
import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * What the tasks of a prediction are sent.
 *
 * @param models whose probabilities are averaged; at least one
 * @param options with a number of samples for each forward pass
 */
@DefaultSerializer(JavaSerializer.class) // Kryo 4 knows no records
record PredictionPlan(List<ShippedModel> models, PredictionOptions options)
    implements Serializable {

  /**
   * Checks that the models belong together.
   *
   * @throws SinterException {@code MODELS_DIFFER}, {@code PREDICT_OPTION_INVALID}
   */
  static PredictionPlan of(List<ShippedModel> models, PredictionOptions options) {
    DatasetManifest first = models.get(0).dataset();
    for (ShippedModel other : models) {
      require("tasks", first.task(), other.dataset().task());
      require("classes", first.classes(), other.dataset().classes());
      require("mask values", first.maskValues(), other.dataset().maskValues());
      require("preparations", first.preparation(), other.dataset().preparation());
    }
    boolean slices =
        first.preparation().sample() == SampleKind.VOLUME
            || first.preparation().sample() == SampleKind.PATCH;
    boolean planes =
        slices
            || first.preparation().sample() == SampleKind.IMAGE
            || first.preparation().sample() == SampleKind.SLICE;
    if (options.flips().stream().anyMatch(axis -> axis == Flip.Z ? !slices : !planes)) {
      throw PredictionOptions.invalid(
          "--tta flips along an axis that samples of kind "
              + first.preparation().sample().key()
              + " do not have",
          "flips are for images and slices (x, y), volumes and patches (x, y, z)");
    }
    if (options.probabilities() == PredictionOptions.Probabilities.WRITTEN
        && (first.task() != Task.SEGMENTATION
            || (options.window() == PredictionOptions.Window.NONE
                && first.preparation().sample() == SampleKind.PATCH))) {
      throw PredictionOptions.invalid(
          "--probabilities are for masks, and of patches for those that a window blends",
          "the tables of a classification have them; leave out --window none");
    }
    List<Integer> shape = models.get(0).network().spec().input().dimensions();
    return new PredictionPlan(
        List.copyOf(models),
        options.microBatchSize() > 0
            ? options
            : options.withMicroBatchSize(Predictor.microBatchSize(shape)));
  }

  private static void require(String what, Object first, Object other) {
    if (!first.equals(other)) {
      throw new SinterException(
          ErrorCategory.USAGE,
          "MODELS_DIFFER",
          "the models have different " + what + ": " + first + " and " + other,
          "give models that were trained on folds of one dataset");
    }
  }

  DatasetManifest dataset() {
    return models.get(0).dataset();
  }

  /** Whether a window slides over sources. */
  boolean slides() {
    return dataset().task() == Task.SEGMENTATION
        && options.window() == PredictionOptions.Window.AUTO
        && dataset().preparation().cutsSources();
  }

  /** What tells one model from another: SHA-256 over network, weights, dataset and engine. */
  static String digest(ShippedModel model) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (String text :
          List.of(
              model.network().configurationJson(),
              model.dataset().fingerprint(),
              model.engine().name() + " " + model.engine().precision())) {
        digest.update(text.getBytes(StandardCharsets.UTF_8));
      }
      return HexFormat.of().formatHex(digest.digest(model.parameters()));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
