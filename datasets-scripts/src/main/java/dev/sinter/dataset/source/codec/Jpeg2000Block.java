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

  private static final int NORTH = 1;
  private static final int SOUTH = 2;
  private static final int WEST = 4;
  private static final int EAST = 8;
  private static final int NORTH_WEST = 16;
  private static final int NORTH_EAST = 32;
  private static final int SOUTH_WEST = 64;
  private static final int SOUTH_EAST = 128;
  private static final int NEIGHBOURS = 255;
  private static final int MINUS_NORTH = 1 << 8;
  private static final int MINUS_SOUTH = 1 << 9;
  private static final int MINUS_WEST = 1 << 10;
  private static final int MINUS_EAST = 1 << 11;
  private static final int SIGNIFICANT = 1 << 12;
  private static final int REFINED = 1 << 13;
  private static final int VISITED = 1 << 14;
  private static final int NOT_BELOW = ~(SOUTH | SOUTH_WEST | SOUTH_EAST | MINUS_SOUTH);

  private static final int SIGN_CONTEXT = 9;
  private static final int REFINEMENT_CONTEXT = 14;

  /** Context of significance by the kind of band (0 LL and LH, 1 HL, 2 HH) and the neighbours. */
  private static final byte[][] ZERO = new byte[3][256];

  /** Sign context, plus 16 where the symbol is to be turned round, by bits 0-3 and 8-11. */
  private static final byte[] SIGN = new byte[256];

  static {
    for (int n = 0; n < 256; n++) {
      int horizontal = Integer.bitCount(n & (WEST | EAST));
      int vertical = Integer.bitCount(n & (NORTH | SOUTH));
      int diagonal = Integer.bitCount(n >> 4);
      ZERO[0][n] = (byte) straight(horizontal, vertical, diagonal);
      ZERO[1][n] = (byte) straight(vertical, horizontal, diagonal);
      ZERO[2][n] = (byte) diagonal(horizontal + vertical, diagonal);
      int h = sign(n, WEST, 4) + sign(n, EAST, 4);
      int v = sign(n, NORTH, 4) + sign(n, SOUTH, 4);
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

  private static int sign(int neighbours, int direction, int minusShift) {
    return (neighbours & direction) == 0 ? 0 : (neighbours & direction << minusShift) == 0 ? 1 : -1;
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
    int needed = stride * (rows + 2);
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
    for (int top = 0; top < height; top += 4) {
      int bottom = Math.min(top + 4, height);
      switch (kind) {
        case 1 -> significance(top, bottom, one);
        case 2 -> refinement(top, bottom, one);
        default -> cleanUp(top, bottom, one);
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

  private int visible(int at, int y) {
    int f = flags[at];
    return causal && (y & 3) == 3 ? f & NOT_BELOW : f;
  }

  private void significance(int top, int bottom, int one) {
    int[] all = flags;
    int step = stride;
    boolean whole = bottom - top == 4;
    int first = (top + 1) * step + 1;
    for (int x = 0; x < width; x++) {
      int at = first + x;
      if (whole
          && ((all[at] | all[at + step] | all[at + 2 * step] | all[at + 3 * step]) & NEIGHBOURS)
              == 0) {
        continue;
      }
      for (int y = top; y < bottom; y++, at += step) {
        if ((all[at] & SIGNIFICANT) != 0 || (all[at] & NEIGHBOURS) == 0) {
          continue;
        }
        int f = visible(at, y);
        if ((f & NEIGHBOURS) != 0) {
          int bit = raw ? mq.raw() : mq.decode(zero[f & NEIGHBOURS]);
          if (bit != 0) {
            becomeSignificant(at, x, y, f, one);
          }
          all[at] |= VISITED;
        }
      }
    }
  }

  private void refinement(int top, int bottom, int one) {
    int[] all = flags;
    int step = stride;
    int half = one >> 1;
    int first = (top + 1) * step + 1;
    for (int x = 0; x < width; x++) {
      int at = first + x;
      for (int y = top; y < bottom; y++, at += step) {
        if ((all[at] & (SIGNIFICANT | VISITED)) != SIGNIFICANT) {
          continue;
        }
        int bit;
        if (raw) {
          bit = mq.raw();
        } else if ((all[at] & REFINED) != 0) {
          bit = mq.decode(REFINEMENT_CONTEXT + 2);
        } else {
          bit = mq.decode(REFINEMENT_CONTEXT + ((visible(at, y) & NEIGHBOURS) != 0 ? 1 : 0));
        }
        int place = origin + y * rowStep + x;
        int value = values[place];
        values[place] = (value < 0) == (bit == 0) ? value + half : value - half;
        all[at] |= REFINED;
      }
    }
  }

  private void cleanUp(int top, int bottom, int one) {
    int[] all = flags;
    int step = stride;
    int first = (top + 1) * step + 1;
    for (int x = 0; x < width; x++) {
      int at = first + x;
      int y = top;
      if (bottom - top == 4 && quiet(at, top)) {
        if (mq.decode(MqDecoder.RUN) == 0) {
          continue;
        }
        int run = 2 * mq.decode(MqDecoder.UNIFORM) + mq.decode(MqDecoder.UNIFORM);
        y += run;
        at += run * step;
        becomeSignificant(at, x, y, visible(at, y), one);
        y++;
        at += step;
      }
      for (; y < bottom; y++, at += step) {
        if ((all[at] & (SIGNIFICANT | VISITED)) != 0) {
          all[at] &= ~VISITED;
          continue;
        }
        int f = visible(at, y);
        if (mq.decode(zero[f & NEIGHBOURS]) != 0) {
          becomeSignificant(at, x, y, f, one);
        }
      }
    }
  }

  /** Whether nothing is known around the four samples from here down. */
  private boolean quiet(int at, int y) {
    int any =
        flags[at] | flags[at + stride] | flags[at + 2 * stride] | visible(at + 3 * stride, y + 3);
    return (any & (SIGNIFICANT | VISITED | NEIGHBOURS)) == 0;
  }

  private void becomeSignificant(int at, int x, int y, int f, int one) {
    int minus;
    if (raw) {
      minus = mq.raw();
    } else {
      int entry = SIGN[(f & 15) | (f >> 4 & 0xF0)];
      minus = mq.decode(entry & 15) ^ entry >> 4;
    }
    int value = one | one >> 1;
    values[origin + y * rowStep + x] = minus == 0 ? value : -value;
    int[] all = flags;
    int above = at - stride;
    int below = at + stride;
    all[at] |= SIGNIFICANT;
    all[above - 1] |= SOUTH_EAST;
    all[above + 1] |= SOUTH_WEST;
    all[below - 1] |= NORTH_EAST;
    all[below + 1] |= NORTH_WEST;
    all[above] |= minus == 0 ? SOUTH : SOUTH | MINUS_SOUTH;
    all[below] |= minus == 0 ? NORTH : NORTH | MINUS_NORTH;
    all[at - 1] |= minus == 0 ? EAST : EAST | MINUS_EAST;
    all[at + 1] |= minus == 0 ? WEST : WEST | MINUS_WEST;
  }
}
