package dev.sinter.trainer.training;

import java.io.Serializable;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What validation keeps of each sample, so that loss and metric come out the same for every number
 * of workers: sums are formed over samples in the order of their global indices.
 *
 * <p>Rows: cross-entropy, then for classification whether the prediction is right; for
 * segmentation, for each foreground class, the soft sums of p*y, p and y and the counts of true
 * positives, predicted and true pixels.
 */
final class ValidationScores {
  /** Smallest probability whose logarithm is taken. */
  private static final double SMALLEST_PROBABILITY = 1e-12;

  private static final double DICE_SMOOTHING = dev.sinter.model.DiceCrossEntropyLoss.SMOOTHING;
  private static final int PER_CLASS = 6;

  /**
   * The scores of a contiguous range of samples.
   *
   * @param firstIndex global index of the first
   * @param volumes for segmentation, the volume of each sample; otherwise empty
   * @param rows one per sample
   */
  record Part(int firstIndex, List<String> volumes, List<double[]> rows) implements Serializable {}

  /**
   * Validation of one epoch.
   *
   * @param loss the training loss over the split, batch Dice over all of it
   * @param metric accuracy, or mean foreground Dice over volumes
   */
  record Summary(double loss, double metric) {}

  private ValidationScores() {}

  /** The row of one classified sample. */
  static double[] ofClassification(FloatBuffer probabilities, int offset, int classes, int truth) {
    int predicted = 0;
    for (int c = 1; c < classes; c++) {
      if (probabilities.get(offset + c) > probabilities.get(offset + predicted)) {
        predicted = c;
      }
    }
    return new double[] {
      -Math.log(Math.max(SMALLEST_PROBABILITY, probabilities.get(offset + truth))),
      predicted == truth ? 1 : 0
    };
  }

  /**
   * The row of one segmented sample.
   *
   * @param sample its place in the batch
   * @param pixels height x width
   */
  static double[] ofSegmentation(
      FloatBuffer probabilities, IntBuffer labels, int sample, int classes, int pixels) {
    double[] row = new double[1 + PER_CLASS * (classes - 1)];
    int base = sample * classes * pixels;
    double crossEntropy = 0;
    for (int i = 0; i < pixels; i++) {
      int truth = labels.get(sample * pixels + i);
      int predicted = 0;
      float highest = probabilities.get(base + i);
      for (int c = 1; c < classes; c++) {
        float p = probabilities.get(base + c * pixels + i);
        int at = 1 + PER_CLASS * (c - 1);
        row[at] += c == truth ? p : 0;
        row[at + 1] += p;
        row[at + 2] += c == truth ? 1 : 0;
        if (p > highest) {
          highest = p;
          predicted = c;
        }
      }
      crossEntropy -=
          Math.log(Math.max(SMALLEST_PROBABILITY, probabilities.get(base + truth * pixels + i)));
      if (predicted > 0) {
        row[1 + PER_CLASS * (predicted - 1) + 3] += predicted == truth ? 1 : 0;
        row[1 + PER_CLASS * (predicted - 1) + 4]++;
      }
      if (truth > 0) {
        row[1 + PER_CLASS * (truth - 1) + 5]++;
      }
    }
    row[0] = crossEntropy / pixels;
    return row;
  }

  /** Combines all parts of a split. */
  static Summary combine(List<Part> parts, String loss) {
    List<Part> ordered = new ArrayList<>(parts);
    ordered.sort(Comparator.comparingInt(Part::firstIndex));
    double[] sums = null;
    long samples = 0;
    Map<String, double[]> volumes = new LinkedHashMap<>();
    for (Part part : ordered) {
      for (int i = 0; i < part.rows().size(); i++) {
        double[] row = part.rows().get(i);
        sums = sums == null ? new double[row.length] : sums;
        add(sums, row);
        samples++;
        if (!part.volumes().isEmpty()) {
          add(
              volumes.computeIfAbsent(part.volumes().get(i), volume -> new double[row.length]),
              row);
        }
      }
    }
    if (sums == null) {
      return new Summary(Double.NaN, Double.NaN);
    }
    if (volumes.isEmpty()) {
      return new Summary(sums[0] / samples, sums[1] / samples);
    }
    double mean = sums[0] / samples;
    double total = loss.equals("dice-cross-entropy") ? mean + 1 - softDice(sums) : mean;
    return new Summary(total, meanForegroundDice(volumes));
  }

  private static double softDice(double[] sums) {
    int foreground = (sums.length - 1) / PER_CLASS;
    double dice = 0;
    for (int c = 0; c < foreground; c++) {
      int at = 1 + PER_CLASS * c;
      dice += (2 * sums[at] + DICE_SMOOTHING) / (sums[at + 1] + sums[at + 2] + DICE_SMOOTHING);
    }
    return dice / foreground;
  }

  // Per class the mean over the volumes that hold it (in truth or prediction), then the mean over
  // classes.
  private static double meanForegroundDice(Map<String, double[]> volumes) {
    int foreground = (volumes.values().iterator().next().length - 1) / PER_CLASS;
    double total = 0;
    int present = 0;
    for (int c = 0; c < foreground; c++) {
      int at = 1 + PER_CLASS * c + 3;
      double sum = 0;
      int count = 0;
      for (double[] row : volumes.values()) {
        if (row[at + 1] + row[at + 2] > 0) {
          sum += 2 * row[at] / (row[at + 1] + row[at + 2]);
          count++;
        }
      }
      if (count > 0) {
        total += sum / count;
        present++;
      }
    }
    return present == 0 ? Double.NaN : total / present;
  }

  private static void add(double[] sums, double[] row) {
    for (int i = 0; i < sums.length; i++) {
      sums[i] += row[i];
    }
  }
}
