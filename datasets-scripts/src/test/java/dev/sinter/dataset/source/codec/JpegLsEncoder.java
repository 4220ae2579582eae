package dev.sinter.dataset.source.codec;

import java.util.ArrayList;
import java.util.List;

/**
 * Writes JPEG-LS straight after the steps of ISO 14495-1 Annex A, without any regard to speed.
 *
 * @param near largest allowed error
 * @param interleave 0 none, 1 by line, 2 by sample
 * @param restartRows rows between restart markers, 0 for none
 * @param thresholds T1, T2, T3 and RESET, or empty for the defaults
 */
record JpegLsEncoder(
    int rows,
    int columns,
    int components,
    int precision,
    int near,
    int interleave,
    int restartRows,
    List<Integer> thresholds) {

  private static final int[] J = {
    0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 9, 10, 11, 12, 13,
    14, 15
  };

  /** Encodes samples, row by row and interleaved. */
  byte[] encode(int[] samples) {
    BitSink out = new BitSink(BitSink.Stuffing.ZERO_BIT);
    out.marker(0xD8);
    List<Integer> frame = new ArrayList<>(List.of(precision));
    frame.addAll(List.of(rows >> 8, rows, columns >> 8, columns, components));
    for (int c = 0; c < components; c++) {
      frame.addAll(List.of(c + 1, 0x11, 0));
    }
    out.segment(0xF7, ints(frame));
    if (!thresholds.isEmpty()) {
      List<Integer> preset = new ArrayList<>(List.of(1));
      int maximum = (1 << precision) - 1;
      preset.addAll(List.of(maximum >> 8, maximum));
      thresholds.forEach(t -> preset.addAll(List.of(t >> 8, t)));
      out.segment(0xF8, ints(preset));
    }
    if (restartRows > 0) {
      out.segment(0xDD, restartRows >> 8, restartRows);
    }
    int inScan = interleave == 0 ? 1 : components;
    for (int first = 0; first < components; first += inScan) {
      List<Integer> scan = new ArrayList<>(List.of(inScan));
      for (int c = first; c < first + inScan; c++) {
        scan.addAll(List.of(c + 1, 0));
      }
      scan.addAll(List.of(near, interleave, 0));
      out.segment(0xDA, ints(scan));
      Scan state = new Scan(this, out, samples, first, inScan);
      for (int y = 0; y < rows; y++) {
        if (restartRows > 0 && y > 0 && y % restartRows == 0) {
          out.align();
          out.marker(0xD0 + (y / restartRows - 1) % 8);
          state = new Scan(this, out, samples, first, inScan);
        }
        state.row(y);
      }
      out.align();
    }
    out.marker(0xD9);
    return out.bytes();
  }

  private static int[] ints(List<Integer> values) {
    return values.stream().mapToInt(Integer::intValue).toArray();
  }

  /** The default thresholds and RESET for the precision and error of this encoder, C.2.4.1.1. */
  private int[] preset() {
    if (!thresholds.isEmpty()) {
      return ints(thresholds);
    }
    int max = (1 << precision) - 1;
    int t1;
    int t2;
    int t3;
    if (max >= 128) {
      int factor = (Math.min(max, 4095) + 128) / 256;
      t1 = factor * (3 - 2) + 2 + 3 * near;
      t2 = factor * (7 - 3) + 3 + 5 * near;
      t3 = factor * (21 - 4) + 4 + 7 * near;
    } else {
      int factor = 256 / (max + 1);
      t1 = Math.max(2, 3 / factor + 3 * near);
      t2 = Math.max(3, 7 / factor + 5 * near);
      t3 = Math.max(4, 21 / factor + 7 * near);
    }
    t1 = t1 > max || t1 < near + 1 ? near + 1 : t1;
    t2 = t2 > max || t2 < t1 ? t1 : t2;
    t3 = t3 > max || t3 < t2 ? t2 : t3;
    return new int[] {t1, t2, t3, 64};
  }

  /** State between restart markers. */
  private static final class Scan {
    private final JpegLsEncoder of;
    private final BitSink out;
    private final int[] samples;
    private final int first;
    private final int count;
    private final int max;
    private final int step;
    private final int range;
    private final int qbpp;
    private final int limit;
    private final int[] preset;
    private final int[] a = new int[367];
    private final int[] b = new int[367];
    private final int[] c = new int[367];
    private final int[] n = new int[367];
    private final int[] nn = new int[2];
    private final int[] runIndex;

    /** Reconstructed rows with a column more on each side. */
    private final int[][] up;

    private final int[][] row;

    Scan(JpegLsEncoder of, BitSink out, int[] samples, int first, int count) {
      this.of = of;
      this.out = out;
      this.samples = samples;
      this.first = first;
      this.count = count;
      max = (1 << of.precision) - 1;
      step = 2 * of.near + 1;
      range = (max + 2 * of.near) / step + 1;
      int bits = 0;
      while (1 << bits < range) {
        bits++;
      }
      qbpp = bits;
      int bpp = Math.max(2, of.precision);
      limit = 2 * (bpp + Math.max(8, bpp));
      preset = of.preset();
      java.util.Arrays.fill(a, Math.max(2, (range + 32) / 64));
      java.util.Arrays.fill(n, 1);
      runIndex = new int[count];
      up = new int[count][of.columns + 2];
      row = new int[count][of.columns + 2];
    }

    void row(int y) {
      for (int k = 0; k < count; k++) {
        System.arraycopy(row[k], 0, up[k], 0, row[k].length);
        up[k][of.columns + 1] = up[k][of.columns];
        row[k][0] = up[k][1];
      }
      if (of.interleave == 2) {
        line(y, 0, count);
      } else {
        for (int k = 0; k < count; k++) {
          line(y, k, k + 1);
        }
      }
    }

    private int sample(int x, int y, int k) {
      return samples[(y * of.columns + x - 1) * of.components + first + k];
    }

    private void line(int y, int from, int to) {
      int x = 1;
      while (x <= of.columns) {
        boolean flat = true;
        for (int k = from; k < to; k++) {
          flat &= context(x, k) == 0;
        }
        if (flat) {
          x = run(x, y, from, to);
        } else {
          for (int k = from; k < to; k++) {
            regular(x, y, k);
          }
          x++;
        }
      }
    }

    private int context(int x, int k) {
      int d1 = up[k][x + 1] - up[k][x];
      int d2 = up[k][x] - up[k][x - 1];
      int d3 = up[k][x - 1] - row[k][x - 1];
      return 81 * kind(d1) + 9 * kind(d2) + kind(d3);
    }

    private int kind(int d) {
      int m = Math.abs(d);
      int q = m <= of.near ? 0 : m < preset[0] ? 1 : m < preset[1] ? 2 : m < preset[2] ? 3 : 4;
      return d < 0 ? -q : q;
    }

    private int quantized(int error) {
      if (error > 0) {
        return (error + of.near) / step;
      }
      return -((of.near - error) / step);
    }

    private int wrapped(int error) {
      int e = error < 0 ? error + range : error;
      return e >= (range + 1) / 2 ? e - range : e;
    }

    private int rebuilt(int predicted, int error) {
      int value = predicted + error * step;
      if (value < -of.near) {
        value += range * step;
      } else if (value > max + of.near) {
        value -= range * step;
      }
      return Math.max(0, Math.min(max, value));
    }

    private void regular(int x, int y, int k) {
      int ra = row[k][x - 1];
      int rb = up[k][x];
      int rc = up[k][x - 1];
      int px;
      if (rc >= Math.max(ra, rb)) {
        px = Math.min(ra, rb);
      } else if (rc <= Math.min(ra, rb)) {
        px = Math.max(ra, rb);
      } else {
        px = ra + rb - rc;
      }
      int context = context(x, k);
      int sign = context < 0 ? -1 : 1;
      int q = Math.abs(context);
      px = Math.max(0, Math.min(max, px + sign * c[q]));
      int error = wrapped(quantized(sign * (sample(x, y, k) - px)));
      row[k][x] = rebuilt(px, sign * error);
      int golomb = 0;
      while (n[q] << golomb < a[q]) {
        golomb++;
      }
      int mapped;
      if (of.near == 0 && golomb == 0 && 2 * b[q] <= -n[q]) {
        mapped = error >= 0 ? 2 * error + 1 : -2 * (error + 1);
      } else {
        mapped = error >= 0 ? 2 * error : -2 * error - 1;
      }
      golomb(golomb, mapped, limit);
      b[q] += error * step;
      a[q] += Math.abs(error);
      if (n[q] == preset[3]) {
        a[q] >>= 1;
        b[q] = b[q] >= 0 ? b[q] >> 1 : -((1 - b[q]) >> 1);
        n[q] >>= 1;
      }
      n[q]++;
      if (b[q] <= -n[q]) {
        b[q] += n[q];
        if (c[q] > -128) {
          c[q]--;
        }
        if (b[q] <= -n[q]) {
          b[q] = -n[q] + 1;
        }
      } else if (b[q] > 0) {
        b[q] -= n[q];
        if (c[q] < 127) {
          c[q]++;
        }
        if (b[q] > 0) {
          b[q] = 0;
        }
      }
    }

    private int run(int from, int y, int k0, int k1) {
      int x = from;
      while (x <= of.columns && alike(x, y, from, k0, k1)) {
        for (int k = k0; k < k1; k++) {
          row[k][x] = row[k][from - 1];
        }
        x++;
      }
      int length = x - from;
      while (length >= 1 << J[runIndex[k0]]) {
        out.bits(1, 1);
        length -= 1 << J[runIndex[k0]];
        runIndex[k0] = Math.min(31, runIndex[k0] + 1);
      }
      if (x > of.columns) {
        if (length > 0) {
          out.bits(1, 1);
        }
        return x;
      }
      out.bits(0, 1);
      out.bits(length, J[runIndex[k0]]);
      for (int k = k0; k < k1; k++) {
        interruption(x, y, k, k1 - k0 > 1 || of.interleave == 2, J[runIndex[k0]]);
      }
      runIndex[k0] = Math.max(0, runIndex[k0] - 1);
      return x + 1;
    }

    private boolean alike(int x, int y, int from, int k0, int k1) {
      boolean all = true;
      for (int k = k0; k < k1; k++) {
        all &= Math.abs(sample(x, y, k) - row[k][from - 1]) <= of.near;
      }
      return all;
    }

    private void interruption(int x, int y, int k, boolean bySample, int runBits) {
      int ra = row[k][x - 1];
      int rb = up[k][x];
      int type = !bySample && Math.abs(ra - rb) <= of.near ? 1 : 0;
      int px = type == 1 ? ra : rb;
      int sign = type == 0 && ra > rb ? -1 : 1;
      int error = wrapped(quantized(sign * (sample(x, y, k) - px)));
      row[k][x] = rebuilt(px, sign * error);
      int q = 365 + type;
      int temp = type == 1 ? a[366] + (n[366] >> 1) : a[365];
      int golomb = 0;
      while (n[q] << golomb < temp) {
        golomb++;
      }
      boolean map =
          (golomb == 0 && error > 0 && 2 * nn[type] < n[q])
              || (error < 0 && 2 * nn[type] >= n[q])
              || (error < 0 && golomb != 0);
      int mapped = 2 * Math.abs(error) - type - (map ? 1 : 0);
      golomb(golomb, mapped, limit - runBits - 1);
      if (error < 0) {
        nn[type]++;
      }
      a[q] += (mapped + 1 - type) >> 1;
      if (n[q] == preset[3]) {
        a[q] >>= 1;
        n[q] >>= 1;
        nn[type] >>= 1;
      }
      n[q]++;
    }

    private void golomb(int k, int value, int longest) {
      int high = value >> k;
      if (high < longest - qbpp - 1) {
        for (int i = 0; i < high; i++) {
          out.bits(0, 1);
        }
        out.bits(1, 1);
        out.bits(value, k);
      } else {
        for (int i = 0; i < longest - qbpp - 1; i++) {
          out.bits(0, 1);
        }
        out.bits(1, 1);
        out.bits(value - 1, qbpp);
      }
    }
  }
}
