package dev.sinter.trainer.evaluation;

import java.io.Serializable;
import java.util.List;

/**
 * How well pixels were classified; the keys of {@code evaluate}. What is undefined is NaN.
 *
 * @param task {@code segmentation}
 * @param split the split that was evaluated
 * @param samples slices
 * @param volumes volumes (or single images)
 * @param patients patients
 * @param classes names in order of the index
 * @param dice of each volume, then the mean
 * @param iou intersection over union, of each volume, then the mean
 * @param hd95 95th percentile of the surface distance in mm, of each volume, then the mean
 * @param hd95Skipped per class, volumes where the class is in only one of truth and prediction, so
 *     that hd95 is undefined
 */
public record SegmentationResult(
    String task,
    String split,
    long samples,
    long volumes,
    long patients,
    List<String> classes,
    ClassMeans dice,
    ClassMeans iou,
    ClassMeans hd95,
    List<Long> hd95Skipped)
    implements Serializable {

  /**
   * A measure's mean over volumes.
   *
   * @param meanForeground mean over the classes but the first, the background
   * @param perClass in order of the index, the background included
   */
  public record ClassMeans(double meanForeground, List<Double> perClass) implements Serializable {
    static ClassMeans of(List<Double> perClass) {
      return new ClassMeans(
          Means.ofDefined(perClass.stream().skip(1).mapToDouble(Double::doubleValue)),
          List.copyOf(perClass));
    }
  }
}
