package dev.sinter.dataset.source.codec;

import java.util.Arrays;

/**
 * The coefficients of one block of 8 x 8, ISO 10918-1: sequential (F.2.2) and the four passes of
 * progressive coding (G.1.2).
 */
final class JpegBlocks {
  /** Place in the block of the coefficient at each place of the zig-zag. */
  private static final int[] NATURAL = {
    0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5,
    12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28,
    35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51,
    58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63
  };

  private JpegBits bits;
  private int first;
  private int last;
  private int low;

  /** Blocks, this one included, that have no further new coefficients in this band. */
  private int endOfBandRun;

  /** Begins a scan or a restart interval. */
  void start(JpegBits from, JpegScan scan) {
    bits = from;
    first = scan.start();
    last = scan.end();
    low = scan.low();
    endOfBandRun = 0;
    for (JpegComponent component : scan.components()) {
      component.prediction = 0;
    }
  }

  /** Reads and dequantises a whole block; returns the last coefficient's place in the zig-zag. */
  int sequential(JpegComponent component, int[] block) {
    Arrays.fill(block, 0);
    int[] steps = component.steps;
    block[0] = direct(component) * steps[0];
    HuffmanTable table = component.ac;
    int[] whole = table.coefficients();
    JpegBits from = bits;
    int end = 0;
    for (int k = 1; k < 64; k++) {
      from.fill();
      int coefficient = whole[from.peek(HuffmanTable.LOOKUP_BITS)];
      if (coefficient != 0) {
        from.skip(coefficient & 0xFF);
        k += coefficient >> 8 & 0xFF;
        if (k > 63) {
          if ((coefficient >> 8 & 0xFF) == HuffmanTable.END_OF_BLOCK) {
            break;
          }
          throw overrun();
        }
        block[NATURAL[k]] = (coefficient >> 16) * steps[k];
        end = k;
        continue;
      }
      int symbol = table.decode(from);
      int category = symbol & 15;
      if (category == 0) {
        if (symbol != 0xF0) {
          break;
        }
        k += 15;
        continue;
      }
      k += symbol >> 4;
      if (k > 63) {
        throw overrun();
      }
      block[NATURAL[k]] = from.takeDifference(category) * steps[k];
      end = k;
    }
    return end;
  }

  private int direct(JpegComponent component) {
    int category = component.dc.decode(bits);
    if (category > 15) {
      throw CodecErrors.unreadable(JpegCodec.NAME, "a difference of " + category + " bits");
    }
    if (category > 0) {
      component.prediction += bits.takeDifference(category);
    }
    return component.prediction;
  }

  void dcFirst(JpegComponent component, int at) {
    component.coefficients[at] = (short) (direct(component) << low);
  }

  void dcRefined(JpegComponent component, int at) {
    component.coefficients[at] |= (short) (bits.read(1) << low);
  }

  void acFirst(JpegComponent component, int at) {
    if (endOfBandRun > 0) {
      endOfBandRun--;
      return;
    }
    for (int k = first; k <= last; k++) {
      int symbol = component.ac.decode(bits);
      int run = symbol >> 4;
      int category = symbol & 15;
      if (category == 0) {
        if (run < 15) {
          endOfBandRun = (1 << run) - 1 + (run > 0 ? bits.take(run) : 0);
          return;
        }
        k += 15;
        continue;
      }
      k += run;
      if (k > last) {
        throw overrun();
      }
      component.coefficients[at + k] = (short) (bits.takeDifference(category) << low);
    }
  }

  void acRefined(JpegComponent component, int at) {
    short[] coefficients = component.coefficients;
    int k = first;
    if (endOfBandRun == 0) {
      for (; k <= last; k++) {
        int symbol = component.ac.decode(bits);
        int zeros = symbol >> 4;
        int fresh = 0;
        if ((symbol & 15) != 0) {
          fresh = bits.take(1) == 1 ? 1 << low : -1 << low;
        } else if (zeros < 15) {
          endOfBandRun = (1 << zeros) + (zeros > 0 ? bits.take(zeros) : 0);
          break;
        }
        for (; k <= last; k++) {
          if (coefficients[at + k] != 0) {
            refine(coefficients, at + k);
          } else if (--zeros < 0) {
            break;
          }
        }
        if (fresh != 0) {
          if (k > last) {
            throw overrun();
          }
          coefficients[at + k] = (short) fresh;
        }
      }
    }
    if (endOfBandRun > 0) {
      for (; k <= last; k++) {
        if (coefficients[at + k] != 0) {
          refine(coefficients, at + k);
        }
      }
      endOfBandRun--;
    }
  }

  private void refine(short[] coefficients, int at) {
    int value = coefficients[at];
    if (bits.read(1) == 1 && (value & 1 << low) == 0) {
      coefficients[at] = (short) (value + (value >= 0 ? 1 << low : -1 << low));
    }
  }

  /** Dequantises a block of a progressive frame; returns 0 if it is flat. */
  static int dequantize(JpegComponent component, int at, int[] block) {
    short[] coefficients = component.coefficients;
    int[] steps = component.steps;
    int others = 0;
    for (int k = 0; k < 64; k++) {
      int value = coefficients[at + k];
      block[NATURAL[k]] = value * steps[k];
      others |= k == 0 ? 0 : value;
    }
    return others;
  }

  private static RuntimeException overrun() {
    return CodecErrors.unreadable(JpegCodec.NAME, "a block holds more than its coefficients");
  }
}
