package dev.sinter.dataset.source.codec;

/**
 * Brings the planes of a DCT frame to one size and interleaves them.
 *
 * <p>Halved planes are interpolated with weights 3/4 and 1/4, the sample sites lying centred
 * between the full ones; others are repeated. Rounding alternates as in the reference codecs.
 */
final class JpegUpsampling {
  private JpegUpsampling() {}

  static byte[] samples(JpegFrame frame) {
    int inPixel = frame.components.length;
    int bytes = DecodedFrame.bytesFor(frame.precision);
    byte[] out = new byte[frame.rows * frame.columns * inPixel * bytes];
    int[] row = new int[frame.columns + 4];
    for (int c = 0; c < inPixel; c++) {
      JpegComponent component = frame.components[c];
      for (int y = 0; y < frame.rows; y++) {
        fill(frame, component, y, row);
        int at = (y * frame.columns * inPixel + c) * bytes;
        int step = inPixel * bytes;
        if (step == 1) {
          bytes(row, out, at, frame.columns);
        } else {
          for (int x = 0; x < frame.columns; x++, at += step) {
            out[at] = (byte) row[x];
            if (bytes == 2) {
              out[at + 1] = (byte) (row[x] >> 8);
            }
          }
        }
      }
      component.plane = null;
    }
    return out;
  }

  /** A loop of its own, which the compiler vectorises. */
  private static void bytes(int[] row, byte[] out, int at, int count) {
    for (int x = 0; x < count; x++) {
      out[at + x] = (byte) row[x];
    }
  }

  private static void fill(JpegFrame frame, JpegComponent component, int y, int[] row) {
    short[] plane = component.plane;
    int stride = 8 * component.blockColumns;
    boolean halfWidth = component.horizontal * 2 == frame.maxHorizontal && component.columns > 2;
    int near = y * component.vertical / frame.maxVertical;
    int base = near * stride;
    if (component.vertical == frame.maxVertical && halfWidth) {
      interpolate(plane, base, component.columns, row);
    } else if (component.vertical * 2 == frame.maxVertical && halfWidth) {
      int far = Math.max(0, Math.min(component.rows - 1, near + ((y & 1) == 0 ? -1 : 1)));
      interpolate(plane, base, far * stride, component.columns, row);
    } else if (component.horizontal == frame.maxHorizontal) {
      for (int x = 0; x < frame.columns; x++) {
        row[x] = plane[base + x];
      }
    } else {
      for (int x = 0; x < frame.columns; x++) {
        row[x] = plane[base + x * component.horizontal / frame.maxHorizontal];
      }
    }
  }

  /** Doubles a row. */
  private static void interpolate(short[] plane, int base, int width, int[] row) {
    for (int x = 0; x < width; x++) {
      int three = 3 * plane[base + x];
      row[2 * x] = x == 0 ? plane[base] : (three + plane[base + x - 1] + 1) >> 2;
      row[2 * x + 1] = x == width - 1 ? plane[base + x] : (three + plane[base + x + 1] + 2) >> 2;
    }
  }

  /** Doubles a row that lies between two rows of the plane, three parts near and one part far. */
  private static void interpolate(short[] plane, int near, int far, int width, int[] row) {
    int last = 0;
    int current = 3 * plane[near] + plane[far];
    for (int x = 0; x < width; x++) {
      int next = x == width - 1 ? 0 : 3 * plane[near + x + 1] + plane[far + x + 1];
      row[2 * x] = x == 0 ? (4 * current + 8) >> 4 : (3 * current + last + 8) >> 4;
      row[2 * x + 1] = x == width - 1 ? (4 * current + 7) >> 4 : (3 * current + next + 7) >> 4;
      last = current;
      current = next;
    }
  }
}
