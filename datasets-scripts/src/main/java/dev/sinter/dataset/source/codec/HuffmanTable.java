package dev.sinter.dataset.source.codec;

import java.util.Arrays;

/** A Huffman table of a DHT segment, ISO 10918-1 Annex C: short codes in one look-up. */
final class HuffmanTable {
  private static final int LOOKUP_BITS = 10;
  private static final int LONGEST = 16;

  /** Length times 256 plus symbol of the code that begins with these bits; 0 for longer ones. */
  private final short[] lookup = new short[1 << LOOKUP_BITS];

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
