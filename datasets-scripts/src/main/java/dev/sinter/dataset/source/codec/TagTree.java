package dev.sinter.dataset.source.codec;

/** A tag tree of ISO 15444-1, B.10.2: minima of minima, told no further than they are needed. */
final class TagTree {
  private final int[] widths;
  private final int[] firsts;

  /** What each node is at least, and whether that is its value. */
  private final int[] least;

  private final boolean[] known;

  TagTree(int width, int height) {
    int levels = 1;
    for (int w = width, h = height; w > 1 || h > 1; levels++) {
      w = (w + 1) / 2;
      h = (h + 1) / 2;
    }
    widths = new int[levels];
    firsts = new int[levels];
    int nodes = 0;
    for (int level = 0, w = width, h = height; level < levels; level++) {
      widths[level] = w;
      firsts[level] = nodes;
      nodes += w * h;
      w = (w + 1) / 2;
      h = (h + 1) / 2;
    }
    least = new int[nodes];
    known = new boolean[nodes];
  }

  /** Reads until it is clear whether the leaf's value is below the threshold. */
  boolean below(int x, int y, int threshold, Jpeg2000PacketBits bits) {
    int low = 0;
    for (int level = widths.length - 1; level >= 0; level--) {
      int node = firsts[level] + (y >> level) * widths[level] + (x >> level);
      low = Math.max(low, least[node]);
      while (low < threshold && !known[node]) {
        if (bits.bit() == 1) {
          known[node] = true;
        } else {
          low++;
        }
      }
      least[node] = low;
    }
    int leaf = y * widths[0] + x;
    return known[leaf] && least[leaf] < threshold;
  }
}
