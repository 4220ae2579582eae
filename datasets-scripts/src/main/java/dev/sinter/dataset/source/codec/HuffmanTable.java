package dev.sinter.dataset.source.codec;

import java.util.Arrays;

/** A Huffman table of a DHT segment, ISO 10918-1 Annex C: short codes in one look-up. */
final class HuffmanTable {
  static final int LOOKUP_BITS = 10;

  /** Stands for zeros to the end of a block. */
  static final int END_OF_BLOCK = 64;

  private static final int LONGEST = 16;

  /** Length times 256 plus symbol of the code that begins with these bits; 0 for longer ones. */
  private final short[] lookup = new short[1 << LOOKUP_BITS];

  /**
   * For whole AC coefficients, code and bits, that begin with these bits: value times 2^16, zeros
   * before it times 2^8, and length; 0 where they are longer. Made when it is first asked for.
   */
  private int[] coefficients;

  /** The largest code of each length, -1 where there is none, and what leads it to its symbol. */
  private final int[] largest = new int[LONGEST + 1];

  private final int[] shift = new int[LONGEST + 1];
  private final byte[] symbols;

  /**
   * Makes the table.
   *
   * @param data holds sixteen counts of codes by length at {@code at}, then the symbols
   */
  HuffmanTable(byte[] data, int at, int end) {
    int total = 0;
    for (int length = 1; length <= LONGEST; length++) {
      total += data[at + length - 1] & 0xFF;
    }
    int first = at + LONGEST;
    if (total > 256 || total > end - first) {
      throw CodecErrors.unreadable(JpegCodec.NAME, "a Huffman table of " + total + " codes");
    }
    symbols = Arrays.copyOfRange(data, first, first + total);
    Arrays.fill(largest, -1);
    int code = 0;
    int next = 0;
    for (int length = 1; length <= LONGEST; length++) {
      int codes = data[at + length - 1] & 0xFF;
      if (code + codes > 1 << length) {
        throw CodecErrors.unreadable(JpegCodec.NAME, "a Huffman table holds too many short codes");
      }
      shift[length] = next - code;
      for (int i = 0; i < codes; i++, code++, next++) {
        if (length <= LOOKUP_BITS) {
          int from = code << (LOOKUP_BITS - length);
          short entry = (short) (length << 8 | (symbols[next] & 0xFF));
          Arrays.fill(lookup, from, from + (1 << (LOOKUP_BITS - length)), entry);
        }
      }
      if (codes > 0) {
        largest[length] = code - 1;
      }
      code <<= 1;
    }
  }

  /** Number of bytes that the table takes in its segment. */
  int bytes() {
    return LONGEST + symbols.length;
  }

  int[] coefficients() {
    if (coefficients == null) {
      int[] made = new int[1 << LOOKUP_BITS];
      for (int bits = 0; bits < made.length; bits++) {
        int length = lookup[bits] >> 8;
        int category = lookup[bits] & 15;
        int all = length + category;
        if (length > 0 && (lookup[bits] & 0xFF) == 0) {
          made[bits] = END_OF_BLOCK << 8 | length;
        } else if (length > 0 && category > 0 && all <= LOOKUP_BITS) {
          int value = bits >> (LOOKUP_BITS - all) & ((1 << category) - 1);
          int signed = value < 1 << (category - 1) ? value - (1 << category) + 1 : value;
          made[bits] = signed << 16 | (lookup[bits] & 0xF0) << 4 | all;
        }
      }
      coefficients = made;
    }
    return coefficients;
  }

  /** Reads one symbol; at least 16 further bits are available afterwards. */
  int decode(JpegBits bits) {
    bits.fill();
    int entry = lookup[bits.peek(LOOKUP_BITS)];
    if (entry != 0) {
      bits.skip(entry >> 8);
      return entry & 0xFF;
    }
    int next = bits.peek(LONGEST);
    for (int length = LOOKUP_BITS + 1; length <= LONGEST; length++) {
      int code = next >> (LONGEST - length);
      if (code <= largest[length]) {
        bits.skip(length);
        return symbols[shift[length] + code] & 0xFF;
      }
    }
    throw CodecErrors.unreadable(JpegCodec.NAME, "its compressed data hold a code of no table");
  }
}
