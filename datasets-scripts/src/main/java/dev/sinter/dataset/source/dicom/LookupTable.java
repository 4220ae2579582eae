package dev.sinter.dataset.source.dicom;

import java.util.Arrays;
import java.util.Optional;

/**
 * A table of values, PS3.3 sections C.7.6.3.1.5 and C.11.1.1: below the first mapped value the
 * first entry counts, beyond the last entry the last one.
 *
 * @param first the stored value that the first entry is for
 * @param bits of an entry, 8 to 16
 * @param entries at least one
 */
record LookupTable(int first, int bits, int[] entries) {

  int map(int value) {
    long index = (long) value - first;
    return entries[(int) Math.max(0, Math.min(entries.length - 1, index))];
  }

  /** Entries that lie under {@code dataTag}, described under {@code descriptorTag}. */
  static Optional<LookupTable> of(
      DataSet data, String name, int descriptorTag, int dataTag, boolean signedValues) {
    double[] descriptor = data.numbers(name, descriptorTag);
    Optional<Element> values = data.find(dataTag).filter(element -> element.length() > 0);
    if (descriptor.length != 3 || values.isEmpty()) {
      return Optional.empty();
    }
    int count = entries(descriptor);
    int bits = (int) descriptor[2] & 0xffff;
    int[] entries = unpacked(data.content(), values.get(), count, bits);
    if (entries.length == 0) {
      throw DicomErrors.attribute(name, dataTag, "has no entry");
    }
    if (entries.length < count) {
      // Cut tables are found in real files; their last entry stands for the missing ones.
      int known = entries.length;
      entries = Arrays.copyOf(entries, count);
      Arrays.fill(entries, known, count, entries[known - 1]);
    }
    return Optional.of(new LookupTable(firstMapped(descriptor, signedValues), bits, entries));
  }

  /** 0 stands for 65536, which 16 bits cannot say; writers with SS give it as negative. */
  static int entries(double[] descriptor) {
    int count = (int) descriptor[0] & 0xffff;
    return count == 0 ? 65536 : count;
  }

  /** Its sign goes with the pixels', whatever its representation is named. */
  static int firstMapped(double[] descriptor, boolean signedValues) {
    int first = (int) descriptor[1];
    return signedValues ? (short) first : first & 0xffff;
  }

  /** Entries of 8 bits may lie two in a word, or each in a word of its own. */
  private static int[] unpacked(byte[] content, Element values, int count, int bits) {
    Encoding encoding = values.encoding();
    int offset = values.offset();
    boolean bytes = bits <= 8 && values.length() < 2 * count;
    int[] entries = new int[Math.min(count, bytes ? values.length() : values.length() / 2)];
    for (int i = 0; i < entries.length; i++) {
      if (!bytes) {
        entries[i] = encoding.unsigned16(content, offset + 2 * i);
      } else if (encoding.isBigEndian() && values.effectiveVr() == Vr.OW) {
        entries[i] = content[Math.min(offset + (i ^ 1), offset + values.length() - 1)] & 0xff;
      } else {
        entries[i] = content[offset + i] & 0xff;
      }
    }
    return entries;
  }
}
