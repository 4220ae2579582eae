package dev.sinter.dataset.source.codec;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * The adaptive binary arithmetic decoder of JPEG 2000, ISO 15444-1 Annex C, and the raw bits that
 * its lazy mode puts in between.
 */
final class MqDecoder {
  static final int CONTEXTS = 19;
  static final int RUN = 17;
  static final int UNIFORM = 18;

  /** Table C.2: probability, next state after the likelier and the other symbol, and the switch. */
  private static final int[][] STATES = {
    {0x5601, 1, 1, 1}, {0x3401, 2, 6, 0}, {0x1801, 3, 9, 0}, {0x0AC1, 4, 12, 0},
    {0x0521, 5, 29, 0}, {0x0221, 38, 33, 0}, {0x5601, 7, 6, 1}, {0x5401, 8, 14, 0},
    {0x4801, 9, 14, 0}, {0x3801, 10, 14, 0}, {0x3001, 11, 17, 0}, {0x2401, 12, 18, 0},
    {0x1C01, 13, 20, 0}, {0x1601, 29, 21, 0}, {0x5601, 15, 14, 1}, {0x5401, 16, 14, 0},
    {0x5101, 17, 15, 0}, {0x4801, 18, 16, 0}, {0x3801, 19, 17, 0}, {0x3401, 20, 18, 0},
    {0x3001, 21, 19, 0}, {0x2801, 22, 19, 0}, {0x2401, 23, 20, 0}, {0x2201, 24, 21, 0},
    {0x1C01, 25, 22, 0}, {0x1801, 26, 23, 0}, {0x1601, 27, 24, 0}, {0x1401, 28, 25, 0},
    {0x1201, 29, 26, 0}, {0x1101, 30, 27, 0}, {0x0AC1, 31, 28, 0}, {0x09C1, 32, 29, 0},
    {0x08A1, 33, 30, 0}, {0x0521, 34, 31, 0}, {0x0441, 35, 32, 0}, {0x02A1, 36, 33, 0},
    {0x0221, 37, 34, 0}, {0x0141, 38, 35, 0}, {0x0111, 39, 36, 0}, {0x0085, 40, 37, 0},
    {0x0049, 41, 38, 0}, {0x0025, 42, 39, 0}, {0x0015, 43, 40, 0}, {0x0009, 44, 41, 0},
    {0x0005, 45, 42, 0}, {0x0001, 45, 43, 0}, {0x5601, 46, 46, 0}
  };

  /**
   * As above for state times two plus the likelier symbol: the probability in the upper half, then
   * a byte each for what follows the likelier and the other symbol.
   */
  private static final int[] TRANSITIONS = new int[2 * STATES.length];

  static {
    for (int state = 0; state < STATES.length; state++) {
      for (int likely = 0; likely < 2; likely++) {
        int[] row = STATES[state];
        int afterLikely = 2 * row[1] + likely;
        int afterOther = 2 * row[2] + (likely ^ row[3]);
        TRANSITIONS[2 * state + likely] = row[0] << 16 | afterLikely << 8 | afterOther;
      }
    }
  }

  private static final VarHandle WORDS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

  /** Where the 16 bits of the code register that are compared begin; below are bits to come. */
  private static final int HIGH = 32;

  private final int[] contexts = new int[CONTEXTS];
  private byte[] data;
  private int position;
  private long code;
  private int interval;
  private int left;

  private int end;
  private int rawByte;
  private int rawBits;

  /** All contexts as at the beginning, Table D.7. */
  void resetContexts() {
    Arrays.fill(contexts, 0);
    contexts[0] = 2 * 4;
    contexts[RUN] = 2 * 3;
    contexts[UNIFORM] = 2 * 46;
  }

  /** Begins a segment; {@code from[to]} and the byte after it are FF, as if the data went on so. */
  void start(byte[] from, int at, int to) {
    data = from;
    position = at;
    code = (from[at] & 0xFFL) << HIGH;
    next();
    code <<= 7;
    left -= 7;
    interval = 0x8000;
    end = to;
  }

  /** Puts further bytes below the bits that are compared: four, where none has a stuffed bit. */
  private void next() {
    int p = position;
    byte[] from = data;
    if (p + 4 < from.length) {
      int word = (int) WORDS.get(from, p);
      int inverted = ~word;
      if (((inverted - 0x01010101) & word & 0x80808080) == 0) {
        code += (int) WORDS.get(from, p + 1) & 0xFFFFFFFFL;
        position = p + 4;
        left = 32;
        return;
      }
    }
    left = 8;
    if (from[p] != (byte) 0xFF) {
      position = p + 1;
      code += (from[p + 1] & 0xFFL) << (HIGH - 8);
      return;
    }
    int following = from[p + 1] & 0xFF;
    if (following > 0x8F) {
      code += 0xFFL << (HIGH - 8);
    } else {
      position = p + 1;
      code += (long) following << (HIGH - 7);
      left = 7;
    }
  }

  /**
   * Decodes one symbol, without branches on what cannot be foretold.
   *
   * <p>The lower part of the interval, of the size of the probability, is the other symbol's, the
   * upper one the likelier's, or the other way round where the upper one is the smaller.
   */
  int decode(int context) {
    int state = contexts[context];
    int transition = TRANSITIONS[state];
    int probability = transition >>> 16;
    int a = interval - probability;
    int high = (int) (code >>> HIGH);
    int symbol = state & 1;
    int lower = (high - probability) >> 31; // all ones, or none
    if ((~lower & a & 0x8000) != 0) {
      code -= (long) probability << HIGH;
      interval = a;
      return symbol;
    }
    int other = lower ^ ((a - probability) >> 31);
    code -= (long) (probability & ~lower) << HIGH;
    a = (lower & probability) | (~lower & a);
    contexts[context] = transition >> (8 & ~other) & 0xFF;
    int shift = Integer.numberOfLeadingZeros(a) - 16;
    interval = a << shift;
    while (shift > left) {
      code <<= left;
      shift -= left;
      next();
    }
    code <<= shift;
    left -= shift;
    return symbol ^ (other & 1);
  }

  /** Begins a segment of raw bits. */
  void startRaw(byte[] from, int at, int to) {
    data = from;
    position = at;
    end = to;
    rawBits = 0;
    rawByte = 0;
  }

  /** One raw bit; a byte FF is followed by seven. */
  int raw() {
    if (rawBits == 0) {
      rawBits = rawByte == 0xFF ? 7 : 8;
      rawByte = position < end ? data[position++] & 0xFF : 0xFF;
    }
    return rawByte >> --rawBits & 1;
  }
}
