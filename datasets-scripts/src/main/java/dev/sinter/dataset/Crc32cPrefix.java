package dev.sinter.dataset;

/**
 * The CRC-32C of the beginning of some bytes, from that of all of them and the bytes of the end.
 *
 * <p>A shard's checksum is over pixels, mask and label. Taking mask and label off again gives that
 * of the pixels, which then need not be read.
 */
final class Crc32cPrefix {
  private static final int POLYNOMIAL = 0x82F63B78;
  private static final int[] TABLE = new int[256];

  /** Which entry of the table has this highest byte: all 256 differ. */
  private static final int[] BY_HIGHEST = new int[256];

  static {
    for (int i = 0; i < TABLE.length; i++) {
      int value = i;
      for (int bit = 0; bit < 8; bit++) {
        value = (value & 1) != 0 ? (value >>> 1) ^ POLYNOMIAL : value >>> 1;
      }
      TABLE[i] = value;
      BY_HIGHEST[value >>> 24] = i;
    }
  }

  private Crc32cPrefix() {}

  /** The checksum before {@code end} was added. */
  static int without(int checksum, byte[] end) {
    int state = ~checksum;
    for (int i = end.length - 1; i >= 0; i--) {
      int entry = BY_HIGHEST[state >>> 24];
      state = ((state ^ TABLE[entry]) << 8) | ((entry ^ end[i]) & 0xff);
    }
    return ~state;
  }
}
