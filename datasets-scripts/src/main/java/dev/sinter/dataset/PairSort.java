package dev.sinter.dataset;

/** Sorts pairs of numbers in place, by the first and then the second of each. */
final class PairSort {
  private PairSort() {}

  static void sort(long[] first, long[] second) {
    for (int i = first.length / 2 - 1; i >= 0; i--) {
      sink(first, second, i, first.length);
    }
    for (int end = first.length - 1; end > 0; end--) {
      swap(first, second, 0, end);
      sink(first, second, 0, end);
    }
  }

  /** Heapsort: no memory of its own, and no order of the input makes it slow. */
  private static void sink(long[] first, long[] second, int from, int end) {
    int at = from;
    while (2 * at + 1 < end) {
      int child = 2 * at + 1;
      if (child + 1 < end && isBefore(first, second, child, child + 1)) {
        child++;
      }
      if (!isBefore(first, second, at, child)) {
        return;
      }
      swap(first, second, at, child);
      at = child;
    }
  }

  private static boolean isBefore(long[] first, long[] second, int a, int b) {
    return first[a] < first[b] || (first[a] == first[b] && second[a] < second[b]);
  }

  private static void swap(long[] first, long[] second, int a, int b) {
    long one = first[a];
    long two = second[a];
    first[a] = first[b];
    second[a] = second[b];
    first[b] = one;
    second[b] = two;
  }
}
