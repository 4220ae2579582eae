package dev.sinter.dataset;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * A table of labels, and the names of its columns. Empty names: the table does not say.
 *
 * @param uri CSV file, Parquet file or folder of Parquet files; empty without a table
 * @param file path below the input, or name with or without extension
 * @param label class of the file
 * @param labels columns that are 1 in the rows of their class: one column for each class
 * @param mask path of the mask below the folder of masks
 * @param patient who the file is of
 * @param split {@code train}, {@code val} or {@code test}
 */
public record ManifestColumns(
    String uri,
    String file,
    String label,
    List<String> labels,
    String mask,
    String patient,
    String split)
    implements Serializable {
  /** No table. */
  public static final ManifestColumns NONE = new ManifestColumns("", "", "", List.of(), "", "", "");

  /** Copies the columns, and checks that they do not contradict each other. */
  public ManifestColumns {
    labels = List.copyOf(labels);
    if (!label.isEmpty() && !labels.isEmpty()) {
      throw DatasetErrors.usage(
          "MANIFEST_COLUMNS_INVALID",
          "the manifest's label is in column " + label + " and in columns " + labels,
          "Name one column that holds the class, or one column for each class.");
    }
  }

  /** A table whose files are in column {@code file} and labels in column {@code label}. */
  public static ManifestColumns of(String uri) {
    return new ManifestColumns(uri, "file", "label", List.of(), "", "", "");
  }

  /** Whether there is a table. */
  public boolean isGiven() {
    return !uri.isEmpty();
  }

  /** Whether the table says the classes. */
  boolean hasLabels() {
    return isGiven() && !(label.isEmpty() && labels.isEmpty());
  }

  /** All columns that are named. */
  List<String> named() {
    List<String> named = new ArrayList<>(labels);
    for (String column : List.of(file, label, mask, patient, split)) {
      if (!column.isEmpty()) {
        named.add(column);
      }
    }
    return named;
  }
}
