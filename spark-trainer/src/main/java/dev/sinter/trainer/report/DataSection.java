package dev.sinter.trainer.report;

import java.util.List;

/**
 * What the run learnt from.
 *
 * @param classes names, in the order of the counts
 * @param splits such as train, val and test
 * @param rejectedFiles files that were not taken
 * @param fingerprint of the dataset
 */
public record DataSection(
    List<String> classes, List<Split> splits, long rejectedFiles, String fingerprint) {

  /**
   * Counts of one split.
   *
   * @param name of the split
   * @param samples images or slices
   * @param patients distinct patients
   * @param perClass samples that show a class, one count per class; empty when not counted
   */
  public record Split(String name, long samples, long patients, List<Long> perClass) {
    /** Copies the list. */
    public Split {
      perClass = List.copyOf(perClass);
    }
  }

  /** Copies the lists. */
  public DataSection {
    classes = List.copyOf(classes);
    splits = List.copyOf(splits);
  }
}
