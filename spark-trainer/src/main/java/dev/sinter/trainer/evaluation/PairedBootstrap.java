package dev.sinter.trainer.evaluation;

import java.util.Arrays;
import java.util.Random;

/**
 * How sure the difference between two models is that were measured on the same patients.
 *
 * <p>Patients are drawn with replacement, as many as there are, with all that is theirs (Rutter,
 * "Bootstrap estimation of diagnostic accuracy with patient-clustered data", Academic Radiology 7,
 * 2000); both models are measured on the same draw. The interval is the percentile interval of the
 * differences (Efron and Tibshirani, "An Introduction to the Bootstrap", 1993, chapter 13).
 *
 * @param first measure of the first model on all patients
 * @param second measure of the second one
 * @param low lower end of the interval of second minus first
 * @param high upper end
 * @param draws on which both measures are defined
 */
public record PairedBootstrap(double first, double second, double low, double high, int draws) {
  /** How often patients are drawn. */
  public static final int DRAWS = 2000;

  /**
   * Compares.
   *
   * @param confidence of the interval, such as 0.95
   * @param seed of the draws; the same gives the same interval
   */
  public static PairedBootstrap of(
      PatientMeasure first, PatientMeasure second, double confidence, long seed) {
    if (!first.patients().equals(second.patients())) {
      throw new IllegalArgumentException("the models were measured on different patients");
    }
    int patients = first.patients().size();
    Random random = new Random(seed); // its numbers are specified, on every machine
    double[] differences = new double[DRAWS];
    int defined = 0;
    int[] times = new int[patients];
    for (int draw = 0; draw < DRAWS; draw++) {
      Arrays.fill(times, 0);
      for (int i = 0; i < patients; i++) {
        times[random.nextInt(patients)]++;
      }
      double difference = second.of(times) - first.of(times);
      if (!Double.isNaN(difference)) {
        differences[defined++] = difference;
      }
    }
    double[] sorted = Arrays.copyOf(differences, defined);
    Arrays.sort(sorted);
    return new PairedBootstrap(
        first.ofAll(),
        second.ofAll(),
        quantile(sorted, (1 - confidence) / 2),
        quantile(sorted, (1 + confidence) / 2),
        defined);
  }

  /** Second minus first, on all patients. */
  public double difference() {
    return second - first;
  }

  /** Linear between the two nearest ranks. */
  private static double quantile(double[] sorted, double share) {
    if (sorted.length == 0) {
      return Double.NaN;
    }
    double rank = share * (sorted.length - 1);
    int below = (int) rank;
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (rank - below) * (sorted[above] - sorted[below]);
  }
}
