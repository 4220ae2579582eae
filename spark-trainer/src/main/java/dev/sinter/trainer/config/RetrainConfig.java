package dev.sinter.trainer.config;

import dev.sinter.dataset.Task;
import dev.sinter.trainer.evaluation.ImageMeasures;
import dev.sinter.trainer.evaluation.VolumeMeasures;
import java.util.List;
import java.util.Optional;

/**
 * The keys under {@code retrain}.
 *
 * @param registry where the versions are; an option of the command may say it instead
 * @param metric measure on the test split that decides
 * @param margin by how much the challenger may be worse at the low end of the confidence interval;
 *     with 0 it has to be better
 * @param confidence of the interval
 * @param keep how many of the newest versions stay
 * @param minNewSamples without as many new samples nothing is trained
 */
public record RetrainConfig(
    Optional<String> registry,
    String metric,
    double margin,
    double confidence,
    int keep,
    int minNewSamples) {
  private static final List<String> OF_IMAGES =
      List.of(ImageMeasures.BALANCED_ACCURACY, ImageMeasures.AUROC, ImageMeasures.ACCURACY);
  private static final List<String> OF_VOLUMES = List.of(VolumeMeasures.DICE);

  static RetrainConfig read(ConfigSection section, String task) {
    List<String> metrics = task.equals(Task.SEGMENTATION.key()) ? OF_VOLUMES : OF_IMAGES;
    RetrainConfig retrain =
        new RetrainConfig(
            section.optionalUri("registry"),
            section.oneOf("metric", metrics.get(0), metrics),
            section.number("margin", 0.01, 0, 1),
            section.number("confidence", 0.95, 0.5, 0.9999),
            section.integer("keep", 5, 1, 1_000_000),
            section.integer("min-new-samples", 1, 1, Integer.MAX_VALUE));
    section.reportUnknownKeys();
    return retrain;
  }
}
