package dev.sinter.trainer.evaluation;

import java.util.Arrays;
import java.util.List;

/** A measure of a model that can be taken of any draw of patients, with all that is theirs. */
public interface PatientMeasure {
  /** Hashes of the patients, in order. */
  List<String> patients();

  /**
   * The measure of a draw.
   *
   * @param times how often each patient was drawn, in the order of {@link #patients}
   * @return NaN where it is not defined
   */
  double of(int[] times);

  /** The measure of all patients. */
  default double ofAll() {
    int[] once = new int[patients().size()];
    Arrays.fill(once, 1);
    return of(once);
  }
}
