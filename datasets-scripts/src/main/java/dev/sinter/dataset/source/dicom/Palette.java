package dev.sinter.dataset.source.dicom;

import dev.sinter.dataset.source.VoxelType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Colours of PALETTE COLOR pixels, PS3.3 sections C.7.6.3.1.5, C.7.6.3.1.6 and C.7.9.
 *
 * @param colours red, green, blue
 */
record Palette(List<LookupTable> colours) {
  private static final List<String> NAMES = List.of("Red", "Green", "Blue");

  static Palette of(DataSet data, boolean signedValues) {
    List<LookupTable> colours = new ArrayList<>();
    for (int colour = 0; colour < 3; colour++) {
      String name = NAMES.get(colour) + " Palette Color Lookup Table";
      int descriptor = Tags.RED_DESCRIPTOR + colour;
      Optional<LookupTable> plain =
          LookupTable.of(data, name, descriptor, Tags.RED_DATA + colour, signedValues);
      int segmentTag = Tags.SEGMENTED_RED_DATA + colour;
      Optional<LookupTable> table =
          plain.or(() -> segmented(data, name, descriptor, segmentTag, signedValues));
      colours.add(
          table.orElseThrow(
              () -> DicomErrors.attribute(name, descriptor, "or its data is missing")));
    }
    return new Palette(List.copyOf(colours));
  }

  private static Optional<LookupTable> segmented(
      DataSet data, String name, int descriptorTag, int dataTag, boolean signedValues) {
    double[] descriptor = data.numbers(name, descriptorTag);
    Optional<Element> element = data.find(dataTag).filter(found -> found.length() > 0);
    if (descriptor.length != 3 || element.isEmpty()) {
      return Optional.empty();
    }
    int bits = (int) descriptor[2];
    int[] words = words(data, element.get(), bits);
    int count = LookupTable.entries(descriptor);
    int[] entries = new PaletteSegments(words, count).expanded();
    return Optional.of(
        new LookupTable(LookupTable.firstMapped(descriptor, signedValues), bits, entries));
  }

  private static int[] words(DataSet data, Element element, int bits) {
    boolean bytes = bits == 8 && element.vr() == Vr.OB;
    int[] words = new int[bytes ? element.length() : element.length() / 2];
    for (int i = 0; i < words.length; i++) {
      words[i] =
          bytes
              ? data.content()[element.offset() + i] & 0xff
              : element.encoding().unsigned16(data.content(), element.offset() + 2 * i);
    }
    return words;
  }

  /**
   * 8 bits where they say as much as the entries: most tables of 16 bits hold bytes, in both halves
   * of each entry or in the upper one.
   */
  VoxelType type() {
    return shiftToByte() < 0 ? VoxelType.UINT16 : VoxelType.UINT8;
  }

  /** How far entries are to be shifted to become bytes; -1 when that loses something. */
  private int shiftToByte() {
    boolean bytes = true;
    boolean upper = true;
    boolean both = true;
    for (LookupTable table : colours) {
      for (int entry : table.entries()) {
        bytes &= entry < 256;
        upper &= (entry & 0xff) == 0;
        both &= entry >> 8 == (entry & 0xff);
      }
    }
    return bytes ? 0 : upper || both ? 8 : -1;
  }

  /** Red, green, blue of each index. */
  byte[] colours(VoxelType indexType, byte[] indices) {
    int width = indexType.bytes();
    VoxelType type = type();
    int shift = Math.max(0, shiftToByte());
    int count = indices.length / width;
    byte[] out = new byte[Math.multiplyExact(count, 3 * type.bytes())];
    int at = 0;
    ByteBuffer buffer = ByteBuffer.wrap(indices).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < count; i++) {
      int index = (int) indexType.value(buffer, i);
      for (LookupTable table : colours) {
        int value = table.map(index) >> shift;
        out[at++] = (byte) value;
        if (type.bytes() == 2) {
          out[at++] = (byte) (value >> 8);
        }
      }
    }
    return out;
  }
}
