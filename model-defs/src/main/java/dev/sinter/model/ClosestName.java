package dev.sinter.model;

import java.util.Collection;
import java.util.Comparator;

/** Finds what a mistyped name was meant to be. */
final class ClosestName {
  private ClosestName() {}

  /** The known name with the fewest insertions, deletions and replacements to the given one. */
  static String to(String name, Collection<String> known) {
    return known.stream()
        .min(Comparator.comparingInt((String candidate) -> distance(name, candidate)))
        .orElseThrow();
  }

  private static int distance(String one, String other) {
    int[] row = new int[other.length() + 1];
    for (int column = 0; column < row.length; column++) {
      row[column] = column;
    }
    for (int i = 1; i <= one.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int column = 1; column < row.length; column++) {
        int above = row[column];
        int replaced = diagonal + (one.charAt(i - 1) == other.charAt(column - 1) ? 0 : 1);
        row[column] = Math.min(replaced, 1 + Math.min(above, row[column - 1]));
        diagonal = above;
      }
    }
    return row[other.length()];
  }
}
