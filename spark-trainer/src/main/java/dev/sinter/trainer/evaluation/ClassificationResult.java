package dev.sinter.trainer.evaluation;

import java.io.Serializable;
import java.util.List;

/**
 * How well images were classified; the keys of {@code evaluate}. What is undefined is NaN.
 *
 * @param task {@code classification}
 * @param split the split that was evaluated
 * @param samples images
 * @param patients patients
 * @param accuracy fraction of images whose most probable class is the true one
 * @param balancedAccuracy mean sensitivity over the classes that occur
 * @param auroc macro one-vs-rest, over the classes that have both positives and negatives
 * @param confusionMatrix counts; rows are truth, columns prediction
 * @param classes names in order of the index
 * @param perClass one class against the rest, in order of the index
 */
public record ClassificationResult(
    String task,
    String split,
    long samples,
    long patients,
    double accuracy,
    double balancedAccuracy,
    double auroc,
    List<List<Long>> confusionMatrix,
    List<String> classes,
    List<ClassResult> perClass)
    implements Serializable {

  /**
   * One class against the rest.
   *
   * @param samples images of the class
   * @param sensitivity fraction of them that was found
   * @param specificity fraction of the others that was not taken for the class
   * @param precision fraction of the images taken for the class that are of it
   * @param f1 harmonic mean of sensitivity and precision
   * @param auroc probability that an image of the class is ranked above another one
   */
  public record ClassResult(
      long samples,
      double sensitivity,
      double specificity,
      double precision,
      double f1,
      double auroc)
      implements Serializable {}
}
