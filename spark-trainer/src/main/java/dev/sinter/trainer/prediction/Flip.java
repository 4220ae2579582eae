package dev.sinter.trainer.prediction;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** An axis along which a sample may be turned around before it is predicted. */
public enum Flip {
  /** Columns: left and right. */
  X,
  /** Rows: top and bottom. */
  Y,
  /** Slices of a volume. */
  Z;

  /** The word on the command line. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The axis of a word. */
  public static Optional<Flip> byKey(String key) {
    return Arrays.stream(values()).filter(axis -> axis.key().equals(key)).findFirst();
  }

  /** All combinations of some axes, none of them first: always in the same order. */
  static List<Set<Flip>> combinations(Set<Flip> axes) {
    List<Flip> sorted = List.copyOf(axes.isEmpty() ? axes : EnumSet.copyOf(axes));
    List<Set<Flip>> combinations = new ArrayList<>();
    for (int bits = 0; bits < 1 << sorted.size(); bits++) {
      Set<Flip> combination = EnumSet.noneOf(Flip.class);
      for (int i = 0; i < sorted.size(); i++) {
        if ((bits >> i & 1) == 1) {
          combination.add(sorted.get(i));
        }
      }
      combinations.add(combination);
    }
    return combinations;
  }

  /**
   * Turns planes or blocks around; twice is once.
   *
   * @param from (blocks, depth, height, width)
   * @param to the same shape
   * @param extents {@code [depth, height, width]}
   */
  static void turn(FloatBuffer from, FloatBuffer to, int[] extents, Set<Flip> axes) {
    int depth = extents[0];
    int height = extents[1];
    float[] row = new float[extents[2]];
    int rows = from.capacity() / row.length;
    for (int at = 0; at < rows; at++) {
      int y = at % height;
      int z = at / height % depth;
      int turnedY = axes.contains(Y) ? height - 1 - y : y;
      int turnedZ = axes.contains(Z) ? depth - 1 - z : z;
      from.get((at + (turnedZ - z) * height + turnedY - y) * row.length, row);
      if (axes.contains(X)) {
        for (int left = 0, right = row.length - 1; left < right; left++, right--) {
          float value = row[left];
          row[left] = row[right];
          row[right] = value;
        }
      }
      to.put(at * row.length, row);
    }
  }
}
