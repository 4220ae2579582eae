package dev.sinter.dataset;

import java.util.List;

/** Entries as a listing gives them. */
final class SourceEntries {
  private SourceEntries() {}

  /** A file that stands for itself. */
  static SourceEntry ofFile(SourceEntry.Place place, String relative, String mask, int label) {
    return ofFile(place, relative, mask, label, "");
  }

  /** A file that stands for itself, whose collection says the split that it belongs to. */
  static SourceEntry ofFile(
      SourceEntry.Place place, String relative, String mask, int label, String split) {
    return new SourceEntry(
        place, relative, mask, List.of(), SourceEntry.Member.NONE, label, split, "", 0, 0);
  }
}
