package dev.sinter.dataset.source.dicom;

/**
 * From stored words to values: only {@code bitsStored} bits below and with the high bit count
 * (PS3.5 section 8.1.1); overlays of old files and whatever else lies in the others is cut off, and
 * the highest bit that counts is the sign.
 *
 * <p>One departure: when words are sign-extended beyond the bits stored already, the writer meant
 * whole words, and values that do not fit the bits stored are kept. Taking them modulo would fold
 * the brightest ones over.
 */
final class StoredBits {
  private StoredBits() {}

  /** Values of whole bytes; the array itself where nothing has to change. */
  static byte[] values(PixelFormat format, byte[] stored) {
    int width = format.sampleBytes();
    boolean whole = format.bitsStored() == format.bitsAllocated();
    if (format.floating() || whole || format.bitsAllocated() == 1) {
      return stored;
    }
    int shift = shift(format, stored);
    int bits = format.bitsStored();
    if (!needsWork(format, stored, shift)) {
      return stored;
    }
    byte[] values = new byte[stored.length];
    for (int at = 0; at < stored.length; at += width) {
      long word = word(stored, at, width) >>> shift;
      long value = word << (64 - bits);
      value = format.signed() ? value >> (64 - bits) : value >>> (64 - bits);
      for (int i = 0; i < width; i++) {
        values[at + i] = (byte) (value >> (8 * i));
      }
    }
    return values;
  }

  /** How far values lie above the lowest bit; 0 when they would not fit there and fit below. */
  private static int shift(PixelFormat format, byte[] stored) {
    int shift = format.highBit() + 1 - format.bitsStored();
    if (shift == 0) {
      return 0;
    }
    long all = 0;
    for (int at = 0; at < stored.length; at += format.sampleBytes()) {
      all |= word(stored, at, format.sampleBytes());
    }
    boolean lowBitsUsed = (all & (1L << shift) - 1) != 0;
    boolean fitsBelow = all >>> format.bitsStored() == 0;
    return lowBitsUsed && fitsBelow ? 0 : shift;
  }

  private static boolean needsWork(PixelFormat format, byte[] stored, int shift) {
    if (shift > 0) {
      return true;
    }
    int width = format.sampleBytes();
    int bits = format.bitsStored();
    long upperOnes = (1L << (format.bitsAllocated() - bits)) - 1;
    boolean extended = false;
    boolean plainNegative = false;
    for (int at = 0; at < stored.length; at += width) {
      long word = word(stored, at, width);
      long upper = word >>> bits;
      boolean sign = ((word >>> (bits - 1)) & 1) == 1;
      if (upper != 0) {
        if (!format.signed() || upper != upperOnes || !sign) {
          return true;
        }
        extended = true;
      } else if (format.signed() && sign) {
        plainNegative = true;
      }
    }
    return plainNegative && !extended;
  }

  private static long word(byte[] stored, int at, int width) {
    long word = 0;
    for (int i = 0; i < width; i++) {
      word |= (stored[at + i] & 0xffL) << (8 * i);
    }
    return word;
  }
}
