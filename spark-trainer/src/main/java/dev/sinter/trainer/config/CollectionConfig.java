package dev.sinter.trainer.config;

import dev.sinter.dataset.Fold;
import dev.sinter.error.SinterException;
import java.util.List;
import java.util.Optional;

/**
 * The keys under {@code data} that say what is known of a collection beside its files.
 *
 * @param manifest table of labels, patients and splits: CSV or Parquet
 * @param columns names of its columns
 * @param fold part of a cross-validation, such as {@code 2/5}
 * @param saltFile file that holds the salt of the hashes
 * @param burnedIn {@code reject} or {@code warn}: files whose pixels show text
 */
public record CollectionConfig(
    Optional<String> manifest,
    ColumnsConfig columns,
    Optional<String> fold,
    Optional<String> saltFile,
    String burnedIn) {
  /** Nothing but the files. */
  public static final CollectionConfig NONE =
      new CollectionConfig(
          Optional.empty(), ColumnsConfig.DEFAULTS, Optional.empty(), Optional.empty(), "reject");

  /**
   * The keys under {@code data.columns}.
   *
   * @param file path below {@code data.input}, or name with or without extension
   * @param label class of the file
   * @param labels one column for each class, which is 1 in the rows of that class
   * @param mask path of the mask
   * @param patient who the file is of
   * @param split train, val or test
   */
  public record ColumnsConfig(
      String file,
      Optional<String> label,
      List<String> labels,
      Optional<String> mask,
      Optional<String> patient,
      Optional<String> split) {
    static final ColumnsConfig DEFAULTS =
        new ColumnsConfig(
            "file",
            Optional.empty(),
            List.of(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());

    static ColumnsConfig read(ConfigSection section) {
      ColumnsConfig columns =
          new ColumnsConfig(
              section.optional("file").orElse(DEFAULTS.file),
              section.optional("label"),
              section.texts("labels"),
              section.optional("mask"),
              section.optional("patient"),
              section.optional("split"));
      section.reportUnknownKeys();
      if (columns.label.isPresent() && !columns.labels.isEmpty()) {
        section.problem("labels", "is for tables without a column that holds the class");
      }
      return columns;
    }
  }

  static CollectionConfig read(ConfigSection section, String task) {
    Optional<String> manifest = section.optionalUri("manifest");
    ColumnsConfig columns = ColumnsConfig.read(section.section("columns"));
    CollectionConfig config =
        new CollectionConfig(
            manifest,
            columns,
            section.optional("fold"),
            section.optionalUri("salt-file"),
            section.oneOf("burned-in", NONE.burnedIn, List.of("reject", "warn")));
    config.fold.ifPresent(fold -> checkFold(section, fold));
    if (manifest.isEmpty() && !columns.equals(ColumnsConfig.DEFAULTS)) {
      section.problem("columns", "has an effect only with data.manifest");
    }
    if (task.equals("classification") && columns.mask.isPresent()) {
      section.problem("columns.mask", "is for segmentation");
    }
    if (task.equals("segmentation") && (columns.label.isPresent() || !columns.labels.isEmpty())) {
      section.problem("columns.label", "is for classification; masks are the labels");
    }
    return config;
  }

  private static void checkFold(ConfigSection section, String fold) {
    try {
      Fold.parse(fold);
    } catch (SinterException e) {
      section.problem("fold", e.getMessage() + "; give for example 2/5");
    }
  }
}
