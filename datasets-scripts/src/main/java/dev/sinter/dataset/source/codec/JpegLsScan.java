package dev.sinter.dataset.source.codec;

import java.util.Arrays;

/** One scan of JPEG-LS: rows of one or several components, after ISO 14495-1 Annex A. */
final class JpegLsScan {
  /** Logarithm of the run that one bit stands for, by the run index. */
  private static final int[] J = {
    0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 9, 10, 11, 12, 13,
    14, 15
  };

  private final JpegLsBits bits;
  private final JpegLsContexts contexts;
  private final int columns;
  private final int components;

  /** Class of a gradient, -4 to 4, from {@code -maximum} on. */
  private final byte[] classes;

  private final int center;

  /** The row above and this one of each component, with one more sample on both sides. */
  private int[][] above;

  private int[][] rows;
  private final int[] runIndex;

  JpegLsScan(JpegLsBits bits, JpegLsPreset preset, int near, int columns, int components) {
    this.bits = bits;
    this.columns = columns;
    this.components = components;
    contexts = new JpegLsContexts(bits, preset, near);
    center = preset.maximum();
    classes = new byte[2 * center + 1];
    for (int d = 0; d <= center; d++) {
      int kind =
          d <= near ? 0 : d < preset.t1() ? 1 : d < preset.t2() ? 2 : d < preset.t3() ? 3 : 4;
      classes[center + d] = (byte) kind;
      classes[center - d] = (byte) -kind;
    }
    above = new int[components][columns + 2];
    rows = new int[components][columns + 2];
    runIndex = new int[components];
  }

  /** Begins anew after a restart marker. */
  void restart() {
    contexts.restart();
    Arrays.fill(runIndex, 0);
    for (int c = 0; c < components; c++) {
      Arrays.fill(above[c], 0);
      Arrays.fill(rows[c], 0);
    }
  }

  /** Reads the next row; that of each component begins at index 1. */
  int[][] row(boolean sampleInterleaved) {
    int[][] swap = above;
    above = rows;
    rows = swap;
    for (int c = 0; c < components; c++) {
      above[c][columns + 1] = above[c][columns];
      rows[c][0] = above[c][1];
    }
    if (sampleInterleaved) {
      pixels();
    } else {
      for (int c = 0; c < components; c++) {
        line(c);
      }
    }
    return rows;
  }

  private void line(int c) {
    int[] up = above[c];
    int[] row = rows[c];
    byte[] kinds = classes;
    int left = row[0];
    int b = up[1];
    int corner = up[0];
    for (int x = 1; x <= columns; ) {
      int d = up[x + 1];
      int context =
          9 * (9 * kinds[center + d - b] + kinds[center + b - corner])
              + kinds[center + corner - left];
      if (context != 0) {
        left = contexts.regular(context, predict(left, b, corner));
        row[x++] = left;
        corner = b;
        b = d;
      } else {
        x = run(c, x);
        left = row[x - 1];
        if (x <= columns) {
          corner = up[x - 1];
          b = up[x];
        }
      }
    }
  }

  private static int predict(int left, int up, int corner) {
    int low = Math.min(left, up);
    int high = Math.max(left, up);
    return corner >= high ? low : corner <= low ? high : left + up - corner;
  }

  /** Reads a run from this sample on and the sample that ends it; returns the next sample. */
  private int run(int c, int from) {
    int[] row = rows[c];
    int end = runEnd(c, from);
    Arrays.fill(row, from, end, row[from - 1]);
    if (end > columns) {
      return end;
    }
    int left = row[from - 1];
    int up = above[c][end];
    int kind = Math.abs(left - up) <= contexts.near ? 1 : 0;
    row[end] = contexts.interruption(kind, left, up, J[runIndex[c]]);
    if (runIndex[c] > 0) {
      runIndex[c]--;
    }
    return end + 1;
  }

  private int runEnd(int c, int from) {
    int x = from;
    int index = runIndex[c];
    while (bits.bit()) {
      int length = 1 << J[index];
      int left = columns + 1 - x;
      if (length <= left && index < 31) {
        index++;
      }
      x += Math.min(length, left);
      if (x > columns) {
        runIndex[c] = index;
        return x;
      }
    }
    if (J[index] > 0) {
      x += bits.read(J[index]);
    }
    if (x > columns) {
      throw CodecErrors.unreadable(JpegLsCodec.NAME, "a run is longer than its row");
    }
    runIndex[c] = index;
    return x;
  }

  /** A row whose components come pixel by pixel: one run for all of them. */
  private void pixels() {
    int[] context = new int[components];
    for (int x = 1; x <= columns; ) {
      int any = 0;
      for (int c = 0; c < components; c++) {
        int[] up = above[c];
        int corner = up[x - 1];
        context[c] =
            9 * (9 * classes[center + up[x + 1] - up[x]] + classes[center + up[x] - corner])
                + classes[center + corner - rows[c][x - 1]];
        any |= context[c];
      }
      if (any != 0) {
        for (int c = 0; c < components; c++) {
          int predicted = predict(rows[c][x - 1], above[c][x], above[c][x - 1]);
          rows[c][x] = contexts.regular(context[c], predicted);
        }
        x++;
      } else {
        x = pixelRun(x);
      }
    }
  }

  private int pixelRun(int from) {
    int end = runEnd(0, from);
    for (int c = 0; c < components; c++) {
      Arrays.fill(rows[c], from, end, rows[c][from - 1]);
    }
    if (end > columns) {
      return end;
    }
    int runBits = J[runIndex[0]];
    for (int c = 0; c < components; c++) {
      rows[c][end] = contexts.interruption(0, rows[c][from - 1], above[c][end], runBits);
    }
    if (runIndex[0] > 0) {
      runIndex[0]--;
    }
    return end + 1;
  }
}
