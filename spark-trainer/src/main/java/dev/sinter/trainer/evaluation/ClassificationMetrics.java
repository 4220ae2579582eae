package dev.sinter.trainer.evaluation;

import dev.sinter.dataset.Task;
import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import java.io.Serializable;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Collects classified images. Merging in any order gives the same result.
 *
 * <p>Keeps all probabilities (4 bytes per image and class), since an exact AUROC needs their ranks.
 * Not thread-safe; shipped from executors to the driver.
 */
public final class ClassificationMetrics implements Serializable {
  private static final long serialVersionUID = 1L;

  private final int classes;
  private int samples;
  private int[] truths = new int[64];
  // One array per class, so that no single one outgrows 2^31 - 1.
  private final float[][] probabilities;

  /** Collects for a number of classes. */
  public ClassificationMetrics(int classes) {
    if (classes < 2) {
      throw new IllegalArgumentException(classes + " classes");
    }
    this.classes = classes;
    this.probabilities = new float[classes][64];
  }

  /** Adds an image. */
  public void add(int truth, float... predicted) {
    add(truth, FloatBuffer.wrap(predicted), 0);
  }

  /**
   * Adds an image whose probabilities begin at {@code offset}.
   *
   * @throws SinterException {@code LABEL_OUT_OF_RANGE} or {@code PREDICTION_NOT_FINITE}
   */
  public void add(int truth, FloatBuffer predicted, int offset) {
    if (truth < 0 || truth >= classes) {
      throw new SinterException(
          ErrorCategory.DATA,
          "LABEL_OUT_OF_RANGE",
          "An image has class " + truth + ", the model knows " + classes + " classes.",
          "Evaluate on a dataset with the classes that the model was trained on.");
    }
    for (int c = 0; c < classes; c++) {
      if (!Float.isFinite(predicted.get(offset + c))) {
        throw new SinterException(
            ErrorCategory.DIVERGED,
            "PREDICTION_NOT_FINITE",
            "The model gives probability " + predicted.get(offset + c) + " for class " + c + ".",
            "Use an earlier checkpoint, or train again with a smaller learning rate.");
      }
    }
    reserve(samples + 1);
    truths[samples] = truth;
    for (int c = 0; c < classes; c++) {
      // + 0 makes -0 a 0, so that they tie.
      probabilities[c][samples] = predicted.get(offset + c) + 0f;
    }
    samples++;
  }

  /** Adds all of another collection's images and returns this one. */
  public ClassificationMetrics merge(ClassificationMetrics other) {
    if (other.classes != classes) {
      throw new IllegalArgumentException(other.classes + " classes merged into " + classes);
    }
    reserve(Math.addExact(samples, other.samples));
    System.arraycopy(other.truths, 0, truths, samples, other.samples);
    for (int c = 0; c < classes; c++) {
      System.arraycopy(other.probabilities[c], 0, probabilities[c], samples, other.samples);
    }
    samples += other.samples;
    return this;
  }

  /** Number of images. */
  public int samples() {
    return samples;
  }

  /** Counts; rows are truth, columns the most probable class, the first of equals. */
  public long[][] confusionMatrix() {
    long[][] matrix = new long[classes][classes];
    for (int i = 0; i < samples; i++) {
      int best = 0;
      for (int c = 1; c < classes; c++) {
        best = probabilities[c][i] > probabilities[best][i] ? c : best;
      }
      matrix[truths[i]][best]++;
    }
    return matrix;
  }

  /**
   * Probability that an image of the class is ranked above one of the rest, ties counting half; NaN
   * when there are no positives or no negatives.
   *
   * <p>With two classes both are ranked by the probability of class 1: rounding can make ties of
   * one class's probabilities that are none of the other's.
   */
  public double auroc(int positive) {
    float[] scores = classes == 2 ? probabilities[1] : probabilities[positive];
    return AreaUnderCurve.of(scores, truths, samples, classes == 2 ? 1 : positive);
  }

  /**
   * All measures.
   *
   * @param split the split that was evaluated
   * @param patients its patients
   * @param names of the classes, in order of the index
   */
  public ClassificationResult result(String split, long patients, List<String> names) {
    if (names.size() != classes) {
      throw new IllegalArgumentException(names.size() + " names of " + classes + " classes");
    }
    long[][] matrix = confusionMatrix();
    List<ClassificationResult.ClassResult> perClass = new ArrayList<>();
    List<List<Long>> rows = new ArrayList<>();
    long right = 0;
    for (int c = 0; c < classes; c++) {
      perClass.add(oneAgainstRest(matrix, c));
      rows.add(Arrays.stream(matrix[c]).boxed().toList());
      right += matrix[c][c];
    }
    return new ClassificationResult(
        Task.CLASSIFICATION.key(),
        split,
        samples,
        patients,
        ratio(right, samples),
        Means.ofDefined(
            perClass.stream().mapToDouble(ClassificationResult.ClassResult::sensitivity)),
        Means.ofDefined(perClass.stream().mapToDouble(ClassificationResult.ClassResult::auroc)),
        List.copyOf(rows),
        List.copyOf(names),
        List.copyOf(perClass));
  }

  private ClassificationResult.ClassResult oneAgainstRest(long[][] matrix, int positive) {
    long found = matrix[positive][positive];
    long ofClass = Arrays.stream(matrix[positive]).sum();
    long taken = 0;
    for (long[] row : matrix) {
      taken += row[positive];
    }
    long rest = samples - ofClass;
    return new ClassificationResult.ClassResult(
        ofClass,
        ratio(found, ofClass),
        ratio(rest - (taken - found), rest),
        ratio(found, taken),
        ratio(2 * found, ofClass + taken),
        auroc(positive));
  }

  private static double ratio(long part, long whole) {
    return whole == 0 ? Double.NaN : (double) part / whole;
  }

  private void reserve(int capacity) {
    if (capacity > truths.length) {
      int larger = (int) Math.max(capacity, Math.min(Integer.MAX_VALUE - 8, truths.length * 2L));
      truths = Arrays.copyOf(truths, larger);
      for (int c = 0; c < classes; c++) {
        probabilities[c] = Arrays.copyOf(probabilities[c], larger);
      }
    }
  }
}
