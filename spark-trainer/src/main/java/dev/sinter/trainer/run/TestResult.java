package dev.sinter.trainer.run;

import dev.sinter.dataset.Task;
import dev.sinter.trainer.evaluation.ClassificationResult;
import dev.sinter.trainer.evaluation.SegmentationMetrics;
import dev.sinter.trainer.evaluation.SegmentationResult;
import dev.sinter.trainer.prediction.Evaluation;
import dev.sinter.trainer.prediction.Example;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Evaluation of a split, of either task.
 *
 * @param classification null for segmentation
 * @param segmentation null for classification
 * @param perVolume metrics per volume; null for classification
 * @param examples samples to show
 */
public record TestResult(
    ClassificationResult classification,
    SegmentationResult segmentation,
    SegmentationMetrics perVolume,
    List<Example> examples) {

  static TestResult none() {
    return new TestResult(null, null, null, List.of());
  }

  public static TestResult of(Evaluation evaluation) {
    if (evaluation.task() == Task.CLASSIFICATION) {
      Evaluation.Classified classified = evaluation.classify();
      return new TestResult(classified.result(), null, null, classified.examples());
    }
    Evaluation.Segmented segmented = evaluation.segment();
    return new TestResult(null, segmented.result(), segmented.metrics(), segmented.examples());
  }

  /** The result under the keys of {@code evaluate}. */
  public Object json() {
    return classification != null ? classification : segmentation;
  }

  /** The headline numbers by name, as in {@code evaluate}. */
  Map<String, Double> numbers() {
    if (classification != null) {
      return Map.of(
          "accuracy", classification.accuracy(),
          "balanced-accuracy", classification.balancedAccuracy(),
          "auroc", classification.auroc());
    }
    return segmentation == null
        ? Map.of()
        : Map.of(
            "dice", segmentation.dice().meanForeground(),
            "iou", segmentation.iou().meanForeground(),
            "hd95", segmentation.hd95().meanForeground());
  }

  /** Accuracy, or mean foreground Dice; NaN when nothing was evaluated. */
  public double metric() {
    if (classification != null) {
      return classification.accuracy();
    }
    return segmentation != null ? segmentation.dice().meanForeground() : Double.NaN;
  }

  /** Prints the headline and a table per class. */
  public void print(Console console) {
    if (classification != null) {
      console.line(
          "%s: accuracy %.4f, balanced accuracy %.4f, AUROC %.4f  (%d images)",
          classification.split(),
          classification.accuracy(),
          classification.balancedAccuracy(),
          classification.auroc(),
          classification.samples());
    } else if (segmentation != null) {
      console.line(
          "%s: mean foreground Dice %.4f, IoU %.4f, HD95 %.2f mm  (%d volumes, %d slices)",
          segmentation.split(),
          segmentation.dice().meanForeground(),
          segmentation.iou().meanForeground(),
          segmentation.hd95().meanForeground(),
          segmentation.volumes(),
          segmentation.samples());
    } else {
      console.line("no test split, so nothing was evaluated");
    }
  }

  /** One line per class. */
  public void printClasses(Console console) {
    if (classification != null) {
      for (int c = 0; c < classification.classes().size(); c++) {
        ClassificationResult.ClassResult one = classification.perClass().get(c);
        console.line(
            "  %-20s sensitivity %.4f  specificity %.4f  AUROC %.4f  (%d)",
            classification.classes().get(c),
            one.sensitivity(),
            one.specificity(),
            one.auroc(),
            one.samples());
      }
    } else if (segmentation != null) {
      for (int c = 1; c < segmentation.classes().size(); c++) {
        console.line(
            "  %-20s Dice %s  IoU %s  HD95 %s mm",
            segmentation.classes().get(c),
            number(segmentation.dice().perClass().get(c)),
            number(segmentation.iou().perClass().get(c)),
            number(segmentation.hd95().perClass().get(c)));
      }
    }
  }

  private static String number(double value) {
    return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, "%.4f", value);
  }
}
