package dev.sinter.dataset.source.dicom;

import java.util.Arrays;

/** Segmented palettes, PS3.3 section C.7.9.2: runs, ramps, and repetitions of earlier segments. */
final class PaletteSegments {
  private final int[] words;
  private final int[] entries;
  private int size;

  /**
   * Prepares.
   *
   * @param words the segmented data
   * @param count entries of the expanded table, at most 65536
   */
  PaletteSegments(int[] words, int count) {
    this.words = words;
    this.entries = new int[count];
  }

  int[] expanded() {
    expand(0, Integer.MAX_VALUE, false);
    if (size == 0) {
      throw damaged();
    }
    Arrays.fill(entries, size, entries.length, entries[size - 1]);
    return entries;
  }

  /** Expands a number of segments, or all. Returns the place behind the last one. */
  private int expand(int from, int segments, boolean repeated) {
    int at = from;
    for (int segment = 0; segment < segments && at + 1 < words.length; segment++) {
      if (size == entries.length) {
        return at;
      }
      int length = words[at + 1];
      require(length > 0); // so that every segment brings the table nearer to its end
      switch (words[at]) {
        case 0 -> {
          require(at + 2 + length <= words.length);
          for (int i = 0; i < length; i++) {
            add(words[at + 2 + i]);
          }
          at += 2 + length;
        }
        case 1 -> {
          require(at + 3 <= words.length && size > 0);
          ramp(length, words[at + 2]);
          at += 3;
        }
        case 2 -> {
          require(at + 4 <= words.length && !repeated);
          long offset = words[at + 2] | (long) words[at + 3] << 16;
          // Offsets count bytes of 16-bit words.
          require(offset / 2 < at);
          expand((int) (offset / 2), length, true);
          at += 4;
        }
        default -> throw damaged();
      }
    }
    return at;
  }

  private void ramp(int length, int end) {
    int start = entries[size - 1];
    for (int i = 1; i <= length; i++) {
      add((int) Math.round(start + (double) (end - start) * i / length));
    }
  }

  private void add(int entry) {
    if (size < entries.length) {
      entries[size++] = entry;
    }
  }

  private static void require(boolean holds) {
    if (!holds) {
      throw damaged();
    }
  }

  private static dev.sinter.error.SinterException damaged() {
    return DicomErrors.attribute(
        "Segmented Palette Color Lookup Table Data", Tags.SEGMENTED_RED_DATA, "is damaged");
  }
}
