package dev.sinter.dataset.source.dicom;

import dev.sinter.dataset.source.Scaling;
import dev.sinter.dataset.source.VoxelType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Values in the units of the modality, where slope and intercept alone do not say them. */
final class ModalityValues {
  private ModalityValues() {}

  /** Of a table: unsigned, 16 bit. */
  static byte[] of(LookupTable table, VoxelType type, byte[] values) {
    ByteBuffer in = little(values);
    int count = values.length / type.bytes();
    byte[] mapped = new byte[Math.multiplyExact(2, count)];
    ByteBuffer out = little(mapped);
    for (int i = 0; i < count; i++) {
      out.putShort((short) table.map((int) type.value(in, i)));
    }
    return mapped;
  }

  /** Of slopes that differ between frames: 32-bit floats. */
  static byte[] of(Modality modality, VoxelType type, byte[] values, int frames) {
    ByteBuffer in = little(values);
    int count = values.length / type.bytes();
    byte[] rescaled = new byte[Math.multiplyExact(4, count)];
    ByteBuffer out = little(rescaled);
    for (int frame = 0, i = 0; frame < frames; frame++) {
      Scaling scaling = modality.scaling(frame);
      for (int end = i + count / frames; i < end; i++) {
        out.putFloat((float) scaling.apply(type.value(in, i)));
      }
    }
    return rescaled;
  }

  private static ByteBuffer little(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
