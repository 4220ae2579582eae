package dev.sinter.error;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Finds what the user probably meant. */
public final class NearestWord {
  private static final int FARTHEST_EDITS = 3;

  private NearestWord() {}

  /**
   * The nearest candidate within three edits (Levenshtein 1966) of {@code word}, and within a third
   * of its letters.
   */
  public static Optional<String> of(String word, Collection<String> candidates) {
    return candidates.stream()
        .filter(
            candidate ->
                edits(word, candidate) <= Math.min(FARTHEST_EDITS, (word.length() + 2) / 3))
        .min(Comparator.comparingInt(candidate -> edits(word, candidate)));
  }

  private static int edits(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int substitution = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(substitution, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }
}
