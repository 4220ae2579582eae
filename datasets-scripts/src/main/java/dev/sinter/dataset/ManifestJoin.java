package dev.sinter.dataset;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.apache.hadoop.conf.Configuration;

/** What a manifest says of each listed file. Driver only. */
final class ManifestJoin {
  private final ManifestColumns columns;
  private final ItemIndex index;
  private final Row[] rows;
  private final boolean[] conflicts;
  private final List<Rejection> missing = new ArrayList<>();
  private final Map<String, String> shared = new HashMap<>();

  private ManifestJoin(ManifestColumns columns, List<FileListing.Item> items) {
    this.columns = columns;
    this.index = new ItemIndex(items);
    this.rows = new Row[items.size()];
    this.conflicts = new boolean[items.size()];
  }

  /**
   * A row without its file.
   *
   * @param label name of the class; empty without one
   * @param problem code of what is wrong with the row; empty when nothing is
   */
  record Row(String label, String mask, String patient, String split, String problem) {}

  static ManifestJoin of(
      ManifestColumns columns, List<FileListing.Item> items, Configuration configuration) {
    ManifestJoin join = new ManifestJoin(columns, items);
    ManifestRows.forEach(columns, configuration, join::take);
    return join;
  }

  private void take(Map<String, String> values) {
    String file = values.get(columns.file());
    int item = index.find(file);
    if (item < 0) {
      boolean absent = item == ItemIndex.MISSING;
      missing.add(
          new Rejection(
              file.isEmpty() ? "?" : file,
              absent ? "MANIFEST_FILE_MISSING" : "MANIFEST_FILE_AMBIGUOUS",
              absent ? "no file below the input is meant" : "several files have this name"));
      return;
    }
    Row row = row(values);
    if (rows[item] != null && !rows[item].equals(row)) {
      conflicts[item] = true;
    }
    rows[item] = row;
  }

  private Row row(Map<String, String> values) {
    String label = columns.label().isEmpty() ? "" : share(values.get(columns.label()));
    String problem = "";
    if (!columns.labels().isEmpty()) {
      List<String> set = columns.labels().stream().filter(c -> isSet(values.get(c))).toList();
      problem = set.size() == 1 ? "" : set.isEmpty() ? "LABEL_MISSING" : "LABELS_NOT_EXCLUSIVE";
      label = set.size() == 1 ? set.get(0) : "";
    } else if (!columns.label().isEmpty() && label.isEmpty()) {
      problem = "LABEL_MISSING";
    }
    String patient = value(values, columns.patient());
    String split = value(values, columns.split());
    String known = FolderNames.splitOf(split);
    if (!columns.patient().isEmpty() && patient.isEmpty()) {
      problem = "PATIENT_MISSING";
    } else if (!split.isEmpty() && known.isEmpty()) {
      problem = "MANIFEST_SPLIT_UNKNOWN";
    }
    return new Row(label, value(values, columns.mask()), patient, known, problem);
  }

  private static String value(Map<String, String> values, String column) {
    return column.isEmpty() ? "" : values.get(column);
  }

  private static boolean isSet(String value) {
    return switch (value.toLowerCase(java.util.Locale.ROOT)) {
      case "1", "1.0", "true", "yes" -> true;
      default -> false;
    };
  }

  /** Few classes, millions of rows: one text each. */
  private String share(String text) {
    return shared.computeIfAbsent(text, t -> t);
  }

  void reportMissing(Layout layout) {
    missing.forEach(m -> layout.reject(m.path(), m.code(), m.message()));
    layout.listed += missing.size();
  }

  /**
   * What is said of a file; empty, and the file rejected, when that is nothing or contradictory.
   */
  Optional<Row> row(Layout layout, FileListing.Item item) {
    int at = index.exact(item.relative());
    if (at < 0 || rows[at] == null) {
      layout.harmless(item, "NOT_IN_MANIFEST", "no row of the manifest names it");
      return Optional.empty();
    }
    if (conflicts[at]) {
      layout.reject(
          item, "MANIFEST_ROWS_CONFLICT", "rows of the manifest say different things of this file");
      return Optional.empty();
    }
    Row row = rows[at];
    if (!row.problem().isEmpty()) {
      layout.reject(item, row.problem(), text(row.problem()));
      return Optional.empty();
    }
    return Optional.of(row);
  }

  private static String text(String problem) {
    return switch (problem) {
      case "LABEL_MISSING" -> "its row of the manifest has no label";
      case "LABELS_NOT_EXCLUSIVE" -> "its row of the manifest has several labels; one is learnt";
      case "PATIENT_MISSING" -> "its row of the manifest has no patient";
      default -> "its row of the manifest has a split other than train, val and test";
    };
  }

  /** Classes are the columns, or the sorted values that occur. */
  void classify(Layout layout, List<FileListing.Item> items) {
    List<String> classes = columns.labels();
    if (classes.isEmpty()) {
      TreeSet<String> names = new TreeSet<>(LabelOrder.NUMBERS_FIRST);
      for (int i = 0; i < rows.length; i++) {
        if (rows[i] != null && !conflicts[i] && rows[i].problem().isEmpty()) {
          names.add(rows[i].label());
        }
      }
      classes = List.copyOf(names);
    }
    layout.classes = classes;
    for (int i = 0; i < rows.length; i++) {
      layout.add(items.get(i), rows[i] == null ? -1 : classes.indexOf(rows[i].label()), "");
    }
  }

  /** Images with the masks that their rows name. */
  void pair(Layout layout, List<FileListing.Item> images, List<FileListing.Item> masks) {
    ItemIndex maskIndex = new ItemIndex(masks);
    boolean[] isMask = new boolean[masks.size()];
    int[] maskOf = new int[rows.length];
    for (int i = 0; i < rows.length; i++) {
      maskOf[i] = rows[i] == null ? ItemIndex.MISSING : maskIndex.find(rows[i].mask());
      if (maskOf[i] >= 0) {
        isMask[maskOf[i]] = true;
      }
    }
    for (int i = 0; i < images.size(); i++) {
      FileListing.Item image = images.get(i);
      if (rows[i] != null && rows[i].problem().isEmpty() && maskOf[i] < 0) {
        layout.reject(image, "MASK_MISSING", "the manifest names no mask, or none that is there");
      } else if (rows[i] == null && masks == images && isMask[i]) {
        layout.listed--;
      } else {
        Optional<FileListing.Item> mask =
            maskOf[i] < 0 ? Optional.empty() : Optional.of(masks.get(maskOf[i]));
        layout.add(image, mask, List.of(), -1, "", "");
      }
    }
  }
}
