package dev.sinter.dataset;

import java.util.Arrays;

/**
 * A number for each of up to millions of keys, in 20 bytes per slot: open addressing over the first
 * 128 bit of a SHA-256. Two keys share them with a chance below 1e-24 for a million keys.
 */
final class KeyIndex {
  /** Answer for a key that is not there. */
  static final int ABSENT = -1;

  private final long[] high;
  private final long[] low;
  private final int[] values;
  private final int mask;

  /** An index for up to {@code keys} keys. */
  KeyIndex(int keys) {
    int slots = Integer.highestOneBit(Math.max(8, (int) Math.min(1 << 29, keys * 3L / 2))) * 2;
    high = new long[slots];
    low = new long[slots];
    values = new int[slots];
    Arrays.fill(values, ABSENT);
    mask = slots - 1;
  }

  int find(Sha256 key) {
    return values[slot(key)];
  }

  /** The value that was there, which then stays, or {@link #ABSENT}. */
  int putIfAbsent(Sha256 key, int value) {
    int slot = slot(key);
    int found = values[slot];
    if (found == ABSENT) {
      high[slot] = key.first();
      low[slot] = key.second();
      values[slot] = value;
    }
    return found;
  }

  void put(Sha256 key, int value) {
    if (putIfAbsent(key, value) != ABSENT) {
      values[slot(key)] = value;
    }
  }

  private int slot(Sha256 key) {
    int slot = (int) (key.first() ^ (key.first() >>> 32)) & mask;
    while (values[slot] != ABSENT && (high[slot] != key.first() || low[slot] != key.second())) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }
}
