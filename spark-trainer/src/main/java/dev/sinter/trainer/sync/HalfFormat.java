package dev.sinter.trainer.sync;

import java.util.Arrays;

/**
 * Numbers of 16 bits, on blocks of at most {@link dev.sinter.trainer.optimizer.UpdatePlan#BLOCK}
 * floats given by their bits.
 *
 * <p>Only integer arithmetic on int arrays without branches: C2 vectorises these loops, and not
 * those that turn floats into bits one by one.
 */
enum HalfFormat {
  /** 8 significant bits and the exponents of a float. */
  BF16(0) {
    @Override
    void round(int[] bits, int count) {
      for (int i = 0; i < count; i++) {
        int magnitude = bits[i] & MAGNITUDE;
        int rounded = magnitude + 0x7fff + ((magnitude >>> 16) & 1);
        rounded |= rounded >> 31; // the carry of a NaN
        bits[i] = (bits[i] & SIGN) | (rounded & 0x7fff_0000);
      }
    }

    @Override
    void pack(int[] bits, int count, int[] words) {
      int half = words(count);
      int second = count - half;
      for (int i = 0; i < half; i++) {
        words[i] = bits[i] >>> 16;
      }
      for (int i = 0; i < second; i++) {
        words[i] |= bits[half + i] & 0xffff_0000;
      }
    }

    @Override
    void unpack(int[] words, int count, int[] bits) {
      int half = words(count);
      int second = count - half;
      for (int i = 0; i < half; i++) {
        bits[i] = words[i] << 16;
      }
      for (int i = 0; i < second; i++) {
        bits[half + i] = words[i] & 0xffff_0000;
      }
    }
  },

  /**
   * 11 significant bits, and exponents that count down from the largest magnitude of the block: a
   * power of two per block scales it into the range of an IEEE half. Nothing overflows; what is
   * smaller than 2^-29 of the largest becomes zero. A block with something infinite or NaN becomes
   * NaN as a whole.
   */
  FP16(1) {
    @Override
    void round(int[] bits, int count) {
      int top = roundedMagnitude(largest(bits, count)) >>> EXPONENT_SHIFT;
      if (top == NOT_FINITE) {
        Arrays.fill(bits, 0, count, NAN);
        return;
      }
      int smallest = Math.max(1, top - SPAN) << EXPONENT_SHIFT;
      for (int i = 0; i < count; i++) {
        int magnitude = bits[i] & MAGNITUDE;
        int rounded =
            (magnitude + 0xfff + ((magnitude >>> DROPPED_BITS) & 1)) & -(1 << DROPPED_BITS);
        int kept = (smallest - 1 - rounded) >> 31;
        bits[i] = ((bits[i] & SIGN) | rounded) & kept;
      }
    }

    @Override
    void pack(int[] bits, int count, int[] words) {
      int top = largest(bits, count) >>> EXPONENT_SHIFT;
      words[0] = top;
      int shift = (top - TOP_EXPONENT) << 10;
      int half = words(count) - 1;
      int second = count - half;
      for (int i = 0; i < half; i++) {
        int magnitude = bits[i] & MAGNITUDE;
        int present = -magnitude >> 31;
        words[1 + i] =
            (((magnitude >>> DROPPED_BITS) - shift) & present) | ((bits[i] >>> 31) << 15);
      }
      for (int i = 0; i < second; i++) {
        int magnitude = bits[half + i] & MAGNITUDE;
        int present = -magnitude >> 31;
        int packed = ((magnitude >>> DROPPED_BITS) - shift) & present;
        words[1 + i] |= (packed << 16) | (bits[half + i] & SIGN);
      }
    }

    @Override
    void unpack(int[] words, int count, int[] bits) {
      int top = words[0];
      if (top == NOT_FINITE) {
        Arrays.fill(bits, 0, count, NAN);
        return;
      }
      int shift = (top - TOP_EXPONENT) << 10;
      int half = words(count) - 1;
      int second = count - half;
      for (int i = 0; i < half; i++) {
        int packed = words[1 + i] & 0x7fff;
        int present = -packed >> 31;
        bits[i] = (((packed + shift) & present) << DROPPED_BITS) | ((words[1 + i] & 0x8000) << 16);
      }
      for (int i = 0; i < second; i++) {
        int packed = (words[1 + i] >>> 16) & 0x7fff;
        int present = -packed >> 31;
        bits[half + i] = (((packed + shift) & present) << DROPPED_BITS) | (words[1 + i] & SIGN);
      }
    }
  };

  private static final int SIGN = 0x8000_0000;
  private static final int MAGNITUDE = 0x7fff_ffff;
  private static final int EXPONENT_SHIFT = 23;
  private static final int NOT_FINITE = 255;
  private static final int NAN = 0x7fc0_0000;

  /** Of an IEEE half's significand and a float's. */
  private static final int DROPPED_BITS = 13;

  /** The largest exponent of a finite half, and how far the smallest normal one is below. */
  private static final int TOP_EXPONENT = 30;

  private static final int SPAN = 29;

  private final int headerWords;

  HalfFormat(int headerWords) {
    this.headerWords = headerWords;
  }

  /** Ints that a packed block takes. */
  int words(int count) {
    return headerWords + (count + 1) / 2;
  }

  /** Rounds to the nearest numbers that can be packed, ties to even. */
  abstract void round(int[] bits, int count);

  /** Packs rounded numbers without loss. */
  abstract void pack(int[] bits, int count, int[] words);

  /** The inverse of {@link #pack}. */
  abstract void unpack(int[] words, int count, int[] bits);

  private static int largest(int[] bits, int count) {
    int largest = 0;
    for (int i = 0; i < count; i++) {
      largest = Math.max(largest, bits[i] & MAGNITUDE);
    }
    return largest;
  }

  private static int roundedMagnitude(int magnitude) {
    return magnitude >= NOT_FINITE << EXPONENT_SHIFT
        ? magnitude
        : (magnitude + 0xfff + ((magnitude >>> DROPPED_BITS) & 1)) & -(1 << DROPPED_BITS);
  }
}
