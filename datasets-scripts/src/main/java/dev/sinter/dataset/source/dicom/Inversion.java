package dev.sinter.dataset.source.dicom;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * MONOCHROME1 as MONOCHROME2: each value v of a range becomes {@code lowest + highest - v}, so that
 * high values are bright. Slope and intercept stay as they are.
 */
final class Inversion {
  private Inversion() {}

  /**
   * Of values whose unused bits are cut off.
   *
   * <p>In two's complement the sum of the lowest and the highest value is -1, and -1 - v is v with
   * all bits turned; without a sign only the bits stored turn. The range of floats is taken as
   * symmetric.
   */
  static byte[] of(PixelFormat format, byte[] values) {
    int width = format.sampleBytes();
    if (format.floating()) {
      byte[] inverted = values.clone();
      for (int at = width - 1; at < inverted.length; at += width) {
        inverted[at] ^= (byte) 0x80;
      }
      return inverted;
    }
    return turned(values, width, format.signed() ? -1L : -1L >>> (64 - format.bitsStored()));
  }

  /** Of what a modality table gave: unsigned, 16 bit. */
  static byte[] of(LookupTable table, byte[] values) {
    int highest = 0;
    ByteBuffer buffer = ByteBuffer.wrap(values).order(ByteOrder.LITTLE_ENDIAN);
    for (int at = 0; at < values.length; at += 2) {
      highest |= buffer.getShort(at) & 0xffff;
    }
    // Some tables hold entries of more bits than they say.
    boolean asStated = table.bits() > 0 && table.bits() < 16 && highest >>> table.bits() == 0;
    return turned(values, 2, asStated ? (1L << table.bits()) - 1 : 0xffff);
  }

  private static byte[] turned(byte[] values, int width, long bits) {
    byte[] inverted = values.clone();
    for (int at = 0; at < inverted.length; at++) {
      inverted[at] ^= (byte) (bits >>> (8 * (at % width)));
    }
    return inverted;
  }
}
