package dev.sinter.dataset;

import java.io.Serializable;
import java.util.List;

/**
 * Which column of a table is what; all others are features.
 *
 * @param label name of the column with the class
 * @param patient name of the column with the patient; empty: every row is a patient of its own
 * @param ignored columns that are not read
 */
public record TableColumns(String label, String patient, List<String> ignored)
    implements Serializable {
  /** The class is in {@code label}, and all else are features. */
  public static final TableColumns DEFAULT = new TableColumns("label", "", List.of());

  /** Copies the list. */
  public TableColumns {
    ignored = List.copyOf(ignored);
  }
}
