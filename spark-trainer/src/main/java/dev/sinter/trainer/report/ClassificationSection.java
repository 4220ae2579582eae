package dev.sinter.trainer.report;

import java.util.List;

/**
 * Result of a classifier on the test split.
 *
 * @param classes names in label order
 * @param confusion counts, rows are truth
 * @param accuracy share of images that were classified correctly
 * @param balancedAccuracy mean recall over the classes
 * @param auroc macro one-vs-rest; NaN when undefined
 * @param aurocPerClass one-vs-rest per class, NaN when undefined; empty when not measured
 * @param examples images to show, right and wrong ones; the report picks among them
 */
public record ClassificationSection(
    List<String> classes,
    long[][] confusion,
    double accuracy,
    double balancedAccuracy,
    double auroc,
    List<Double> aurocPerClass,
    List<Example> examples)
    implements EvaluationSection {

  /**
   * One classified image.
   *
   * @param picture the image
   * @param truth label
   * @param prediction class with the highest probability
   * @param confidence that probability, 0 to 1
   */
  public record Example(ExamplePicture picture, int truth, int prediction, double confidence) {
    /** Whether the prediction is the truth. */
    public boolean correct() {
      return truth == prediction;
    }
  }

  /** Copies the lists and checks that matrix and classes fit. */
  public ClassificationSection {
    classes = List.copyOf(classes);
    aurocPerClass = List.copyOf(aurocPerClass);
    examples = List.copyOf(examples);
    if (confusion.length != classes.size()) {
      throw new IllegalArgumentException(
          "confusion matrix has %d rows for %d classes"
              .formatted(confusion.length, classes.size()));
    }
    for (long[] row : confusion) {
      if (row.length != classes.size()) {
        throw new IllegalArgumentException(
            "confusion matrix has a row of %d for %d classes"
                .formatted(row.length, classes.size()));
      }
    }
  }
}
