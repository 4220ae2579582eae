package dev.sinter.dataset.source.codec;

import java.util.Arrays;

/**
 * Decodes code blocks, ISO 15444-1 Annex D: bit planes from the top down, each in three passes
 * (significance, refinement, clean-up) over stripes of four rows.
 */
final class Jpeg2000Block {
  /** Style bits of the coding style, Table A.19. */
  static final int LAZY = 1;

  static final int RESET = 2;
  static final int TERMINATED = 4;
  static final int VERTICALLY_CAUSAL = 8;
  static final int SEGMENT_SYMBOLS = 32;

  /** Passes before the lazy mode begins. */
  static final int EAGER_PASSES = 10;

  // A column of a stripe, four samples, is one word. Row r of the four:
  // bits 3r to 3r + 8 tell which of the nine samples around it, row by row, are significant;
  // bits 19 + 3r on: it is negative; it was refined before; it was visited in this bit plane.
  // Bits 18 and 31: the samples above and below the four are negative.
  private static final int AROUND = 0b111_101_111;
  private static final int MINUS_SHIFT = 19;
  private static final int REFINED = 1 << 20;
  private static final int VISITED = 1 << 21;
  private static final int ROWS = 0b1_001_001_001;
  private static final int ALL_VISITED = VISITED * ROWS;
  private static final int FOUR = 4;

  private static final int SIGN_CONTEXT = 9;
  private static final int REFINEMENT_CONTEXT = 14;

  /** Context of significance by the kind of band (0 LL and LH, 1 HL, 2 HH) and the nine bits. */
  private static final byte[][] ZERO = new byte[3][512];

  /**
   * Sign context, plus 16 where the symbol is to be turned round, by the significance of the
   * samples north, south, west and east, and in the bits 4 to 7 whether they are negative.
   */
  private static final byte[] SIGN = new byte[256];

  static {
    for (int n = 0; n < 512; n++) {
      int horizontal = Integer.bitCount(n & 0b000_101_000);
      int vertical = Integer.bitCount(n & 0b010_000_010);
      int diagonal = Integer.bitCount(n & 0b101_000_101);
      ZERO[0][n] = (byte) straight(horizontal, vertical, diagonal);
      ZERO[1][n] = (byte) straight(vertical, horizontal, diagonal);
      ZERO[2][n] = (byte) diagonal(horizontal + vertical, diagonal);
    }
    for (int n = 0; n < 256; n++) {
      int v = sign(n, 1) + sign(n, 2);
      int h = sign(n, 4) + sign(n, 8);
      SIGN[n] = (byte) signContext(Integer.signum(h), Integer.signum(v));
    }
  }

  private int[] flags = new int[0];
  private int stride;
  private int width;
  private int height;
  private int[] values;
  private int origin;
  private int rowStep;
  private boolean causal;
  private boolean raw;
  private byte[] zero;
  private final MqDecoder mq = new MqDecoder();

  private static int straight(int along, int across, int diagonal) {
    if (along > 0) {
      return along == 2 ? 8 : across > 0 ? 7 : diagonal > 0 ? 6 : 5;
    }
    return across > 0 ? 2 + across : Math.min(diagonal, 2);
  }

  private static int diagonal(int straight, int diagonal) {
    return switch (diagonal) {
      case 0 -> Math.min(straight, 2);
      case 1 -> 3 + Math.min(straight, 2);
      case 2 -> straight > 0 ? 7 : 6;
      default -> 8;
    };
  }

  private static int sign(int neighbours, int direction) {
    return (neighbours & direction) == 0 ? 0 : (neighbours & direction << 4) == 0 ? 1 : -1;
  }

  /** Table D.3. */
  private static int signContext(int h, int v) {
    if (h == 0) {
      return v == 0 ? SIGN_CONTEXT : SIGN_CONTEXT + 1 + (v < 0 ? 16 : 0);
    }
    return SIGN_CONTEXT + 3 + h * v + (h < 0 ? 16 : 0);
  }

  /**
   * Decodes a block.
   *
   * @param coded concatenated segments, two bytes FF after each
   * @param ends for each segment where it ends in {@code coded}, and the passes up to there
   * @param segments how many there are
   * @param planes bit planes that are coded
   * @param bandKind 0 for LL and LH, 1 for HL, 2 for HH
   * @param style bits of the coding style
   * @param into receives signed magnitudes times two, with half a step more for the middle of what
   *     is not known, from {@code at} on, rows {@code step} apart; they are 0 before
   */
  void decode(
      byte[] coded,
      int[] ends,
      int segments,
      int planes,
      int bandKind,
      int style,
      int columns,
      int rows,
      int[] into,
      int at,
      int step) {
    width = columns;
    height = rows;
    stride = columns + 2;
    int needed = stride * ((rows + FOUR - 1) / FOUR + 2);
    if (flags.length < needed) {
      flags = new int[needed];
    } else {
      Arrays.fill(flags, 0, needed, 0);
    }
    values = into;
    origin = at;
    rowStep = step;
    causal = (style & VERTICALLY_CAUSAL) != 0;
    zero = ZERO[bandKind];
    mq.resetContexts();
    int pass = 0;
    int from = 0;
    for (int segment = 0; segment < segments; segment++) {
      int to = ends[2 * segment];
      raw = (style & LAZY) != 0 && pass >= EAGER_PASSES && pass % 3 != 0;
      if (raw) {
        mq.startRaw(coded, from, to);
      } else {
        mq.start(coded, from, to);
      }
      for (; pass < ends[2 * segment + 1]; pass++) {
        pass(pass % 3, planes - 1 - (pass + 2) / 3, style);
      }
      from = to + 2;
    }
  }

  /** One pass; {@code kind} is 0 for clean-up, 1 for significance, 2 for refinement. */
  private void pass(int kind, int plane, int style) {
    int one = 2 << plane;
    for (int top = 0; top < height; top += FOUR) {
      int rows = Math.min(FOUR, height - top);
      int first = (top / FOUR + 1) * stride + 1;
      int place = origin + top * rowStep;
      switch (kind) {
        case 1 -> significance(first, place, rows, one);
        case 2 -> refinement(first, place, one);
        default -> cleanUp(first, place, rows, one);
      }
    }
    if (kind == 0 && (style & SEGMENT_SYMBOLS) != 0) {
      int symbol = 0;
      for (int i = 0; i < 4; i++) {
        symbol = 2 * symbol + mq.decode(MqDecoder.UNIFORM);
      }
      if (symbol != 10) {
        throw CodecErrors.unreadable(Jpeg2000Codec.NAME, "a code block's check symbol is wrong");
      }
    }
    if ((style & RESET) != 0) {
      mq.resetContexts();
    }
  }

  private void significance(int first, int place, int rows, int one) {
    int[] all = flags;
    int inside = ROWS >> (3 * (FOUR - rows));
    for (int x = 0; x < width; x++) {
      int at = first + x;
      int word = all[at];
      for (int next = candidates(word) & inside; next != 0; ) {
        int three = Integer.numberOfTrailingZeros(next);
        next &= next - 1;
        int bit = raw ? mq.raw() : mq.decode(zero[word >> three & AROUND]);
        if (bit != 0) {
          becomeSignificant(at, three, place + row(three) * rowStep + x, one);
          word = all[at];
          next = candidates(word) & inside & -2 << three;
        }
        word |= VISITED << three;
        all[at] = word;
      }
    }
  }

  /** The rows, at bits 0, 3, 6 and 9, that are not significant but have a neighbour that is. */
  private static int candidates(int word) {
    int rows = word | word >> 1 | word >> 2;
    return (rows | rows >> 3 | rows >> 6) & ~(word >> 4) & ROWS;
  }

  /** The row of a bit at 0, 3, 6 or 9. */
  private static int row(int three) {
    return (three * 11) >> 5;
  }

  private void refinement(int first, int place, int one) {
    int[] all = flags;
    int half = one >> 1;
    for (int x = 0; x < width; x++) {
      int at = first + x;
      int word = all[at];
      for (int next = word >> 4 & ~(word >> 21) & ROWS; next != 0; next &= next - 1) {
        int three = Integer.numberOfTrailingZeros(next);
        int f = word >> three;
        int bit;
        if (raw) {
          bit = mq.raw();
        } else if ((f & REFINED) != 0) {
          bit = mq.decode(REFINEMENT_CONTEXT + 2);
        } else {
          bit = mq.decode(REFINEMENT_CONTEXT + ((f & AROUND) != 0 ? 1 : 0));
        }
        int to = place + row(three) * rowStep + x;
        int value = values[to];
        int turned = value >> 31 ^ bit - 1; // away from zero for a one, else towards it
        values[to] = value + (half ^ turned) - turned;
        all[at] |= REFINED << three;
      }
    }
  }

  private void cleanUp(int first, int place, int rows, int one) {
    int[] all = flags;
    int inside = ROWS >> (3 * (FOUR - rows));
    for (int x = 0; x < width; x++) {
      int at = first + x;
      int word = all[at];
      int next = ~(word >> 4 | word >> 21) & inside;
      if (rows == FOUR && word == 0) {
        if (mq.decode(MqDecoder.RUN) == 0) {
          continue;
        }
        int three = 3 * (2 * mq.decode(MqDecoder.UNIFORM) + mq.decode(MqDecoder.UNIFORM));
        becomeSignificant(at, three, place + row(three) * rowStep + x, one);
        next &= -2 << three;
      }
      for (; next != 0; next &= next - 1) {
        int three = Integer.numberOfTrailingZeros(next);
        if (mq.decode(zero[all[at] >> three & AROUND]) != 0) {
          becomeSignificant(at, three, place + row(three) * rowStep + x, one);
        }
      }
      all[at] &= ~ALL_VISITED;
    }
  }

  /** Reads the sign of a sample and tells its neighbours. */
  private void becomeSignificant(int at, int three, int place, int one) {
    int[] all = flags;
    int minus;
    if (raw) {
      minus = mq.raw();
    } else {
      int entry = SIGN[signs(all, at, three)];
      minus = mq.decode(entry & 15) ^ entry >> 4;
    }
    int value = one | one >> 1;
    values[place] = minus == 0 ? value : -value;
    all[at] |= 1 << (three + 4) | minus << (three + MINUS_SHIFT);
    all[at - 1] |= 1 << (three + 5);
    all[at + 1] |= 1 << (three + 3);
    if (three == 0 && !causal) {
      int above = at - stride;
      all[above - 1] |= 1 << 17;
      all[above] |= 1 << 16 | minus << 31;
      all[above + 1] |= 1 << 15;
    } else if (three == 3 * (FOUR - 1)) {
      int below = at + stride;
      all[below - 1] |= 1 << 2;
      all[below] |= 1 << 1 | minus << 18;
      all[below + 1] |= 1;
    }
  }

  /** The index into {@link #SIGN} of a sample. */
  private static int signs(int[] all, int at, int three) {
    int f = all[at] >> three;
    int north = f >> 1 & 1;
    int south = f >> 6 & 2;
    int west = f >> 1 & 4;
    int east = f >> 2 & 8;
    int minusNorth = all[at] >> (three == 0 ? 18 : three + 16) & 1;
    int minusSouth = f >> 22 & 1;
    int minusWest = all[at - 1] >> (three + MINUS_SHIFT) & 1;
    int minusEast = all[at + 1] >> (three + MINUS_SHIFT) & 1;
    return north
        | south
        | west
        | east
        | minusNorth << 4
        | minusSouth << 5
        | minusWest << 6
        | minusEast << 7;
  }
}
