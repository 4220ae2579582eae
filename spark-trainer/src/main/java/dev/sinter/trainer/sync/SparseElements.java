package dev.sinter.trainer.sync;

import java.util.Arrays;

/** Some elements of a flat vector, in ascending order of their positions; grows as needed. */
final class SparseElements {
  private int[] positions = new int[1024];
  private float[] values = new float[1024];
  private int count;

  void clear() {
    count = 0;
  }

  void add(int position, float value) {
    if (count == positions.length) {
      int capacity = Math.addExact(count, count / 2);
      positions = Arrays.copyOf(positions, capacity);
      values = Arrays.copyOf(values, capacity);
    }
    positions[count] = position;
    values[count] = value;
    count++;
  }

  int count() {
    return count;
  }

  int position(int i) {
    return positions[i];
  }

  float value(int i) {
    return values[i];
  }

  void value(int i, float value) {
    values[i] = value;
  }

  /**
   * Keeps those of the largest magnitudes; among equal ones those that come first.
   *
   * @param wanted how many to keep, where there are more
   */
  void keepLargest(int wanted) {
    if (count <= wanted) {
      return;
    }
    int[] magnitudes = new int[count];
    for (int i = 0; i < count; i++) {
      magnitudes[i] = magnitude(i);
    }
    Arrays.sort(magnitudes);
    int smallest = magnitudes[count - wanted];
    int larger = 0;
    for (int i = count - wanted; i < count; i++) {
      larger += magnitudes[i] > smallest ? 1 : 0;
    }
    int equalAllowed = wanted - larger;
    int kept = 0;
    for (int i = 0; i < count; i++) {
      int magnitude = magnitude(i);
      if (magnitude > smallest || (magnitude == smallest && equalAllowed-- > 0)) {
        positions[kept] = positions[i];
        values[kept] = values[i];
        kept++;
      }
    }
    count = kept;
  }

  private int magnitude(int i) {
    return Float.floatToRawIntBits(values[i]) & MagnitudeHistogram.MAGNITUDE;
  }
}
