package dev.sinter.trainer.sync;

import java.nio.ByteBuffer;

/**
 * Elements of a flat vector as bytes: their number (int), a unit (float), then for each the
 * distance from the one before and a value. Distances are written in groups of seven bits, lowest
 * first, the top bit of a byte telling that more follow; two bytes for most at a density of a
 * thousandth. All in the buffer's byte order.
 */
enum SparseCode {
  /** Whole multiples of the unit, from 1 to 256 with a sign. Most take no byte of their own. */
  MULTIPLES {
    private static final int FLAG_BITS = 2;
    private static final int NEGATIVE = 1;
    private static final int SEVERAL = 2;
    private static final int MOST = 256;

    @Override
    float writeOne(ByteBuffer to, long distance, float value, float unit) {
      int times = (int) Math.max(1, Math.min(MOST, Math.abs(value) / unit));
      int flags = (value < 0 ? NEGATIVE : 0) | (times > 1 ? SEVERAL : 0);
      writeGroups(to, (distance << FLAG_BITS) | flags);
      if (times > 1) {
        to.put((byte) (times - 1));
      }
      return value < 0 ? -(times * unit) : times * unit;
    }

    @Override
    void readOne(ByteBuffer from, float unit, Element element) {
      long groups = readGroups(from);
      int times = (groups & SEVERAL) == 0 ? 1 : 1 + Byte.toUnsignedInt(from.get());
      element.distance = groups >>> FLAG_BITS;
      element.value = (groups & NEGATIVE) == 0 ? times * unit : -(times * unit);
    }
  },

  /** The upper 16 bits of a float, rounded to the nearest, in two bytes. */
  ROUNDED {
    @Override
    float writeOne(ByteBuffer to, long distance, float value, float unit) {
      int bits = Float.floatToRawIntBits(value);
      int rounded = (bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16;
      writeGroups(to, distance);
      to.putShort((short) rounded);
      return Float.intBitsToFloat(rounded << 16);
    }

    @Override
    void readOne(ByteBuffer from, float unit, Element element) {
      element.distance = readGroups(from);
      element.value = Float.intBitsToFloat(from.getShort() << 16);
    }
  };

  /** Bytes of a message without elements. */
  static final int HEADER_BYTES = Integer.BYTES + Float.BYTES;

  /** Most bytes of one element: five groups and a value. */
  static final int ELEMENT_BYTES = 7;

  /** Takes what is read. */
  @FunctionalInterface
  interface Sink {
    /** One element, in ascending order of positions. */
    void accept(int position, float value);
  }

  private static final class Element {
    private long distance;
    private float value;
  }

  abstract float writeOne(ByteBuffer to, long distance, float value, float unit);

  abstract void readOne(ByteBuffer from, float unit, Element element);

  /** Appends all elements, and replaces each value by the one that a reader will see. */
  void write(SparseElements elements, float unit, ByteBuffer to) {
    to.putInt(elements.count()).putFloat(unit);
    int before = -1;
    for (int i = 0; i < elements.count(); i++) {
      int position = elements.position(i);
      elements.value(i, writeOne(to, position - before - 1L, elements.value(i), unit));
      before = position;
    }
  }

  /** Reads the elements that {@link #write} has written. */
  void read(ByteBuffer from, Sink sink) {
    int count = from.getInt();
    float unit = from.getFloat();
    Element element = new Element();
    int position = -1;
    for (int i = 0; i < count; i++) {
      readOne(from, unit, element);
      position = Math.toIntExact(position + 1L + element.distance);
      sink.accept(position, element.value);
    }
  }

  private static void writeGroups(ByteBuffer to, long number) {
    long rest = number;
    while (rest > 0x7f) {
      to.put((byte) ((rest & 0x7f) | 0x80));
      rest >>>= 7;
    }
    to.put((byte) rest);
  }

  private static long readGroups(ByteBuffer from) {
    long number = 0;
    int shift = 0;
    byte next;
    do {
      next = from.get();
      number |= (long) (next & 0x7f) << shift;
      shift += 7;
    } while (next < 0);
    return number;
  }
}
