package dev.sinter.dataset;

import java.io.Serializable;

/**
 * What is said about a collection beside its files: a table of labels, how it is cross-validated,
 * what becomes of pictures with names in them.
 *
 * @param manifest table of labels, patients and splits
 * @param fold which part of a cross-validation this dataset is
 * @param burnedIn what becomes of files whose pixels show text
 */
public record CollectionPlan(ManifestColumns manifest, Fold fold, BurnedIn burnedIn)
    implements Serializable {
  /** No table, no folds. */
  public static final CollectionPlan NONE = new CollectionPlan(ManifestColumns.NONE, Fold.NONE);

  /** Without files that show text. */
  public CollectionPlan(ManifestColumns manifest, Fold fold) {
    this(manifest, fold, BurnedIn.REJECT);
  }
}
