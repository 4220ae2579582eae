package dev.sinter.dataset.source;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** NumPy files as numpy.save and numpy.savez write them. */
final class NumpyFiles {
  private NumpyFiles() {}

  /** An array with a header of the format's version 1, 2 or 3. */
  static byte[] npy(int version, String descr, String order, String shape, byte[] values) {
    String text =
        "{'descr': %s, 'fortran_order': %s, 'shape': %s, }".formatted(descr, order, shape);
    int start = version == 1 ? 10 : 12;
    int padding = 63 - (start + text.length()) % 64;
    byte[] header = (text + " ".repeat(padding) + "\n").getBytes(StandardCharsets.US_ASCII);
    ByteBuffer b =
        ByteBuffer.allocate(start + header.length + values.length).order(ByteOrder.LITTLE_ENDIAN);
    b.put((byte) 0x93).put("NUMPY".getBytes(StandardCharsets.US_ASCII)).put((byte) version);
    b.put((byte) 0);
    if (version == 1) {
      b.putShort((short) header.length);
    } else {
      b.putInt(header.length);
    }
    return b.put(header).put(values).array();
  }

  /** Values 0, 1, 2, ... of a type. */
  static byte[] counting(VoxelType type, ByteOrder order, int size) {
    ByteBuffer b = ByteBuffer.allocate(size * type.bytes()).order(order);
    for (int i = 0; i < size; i++) {
      switch (type) {
        case BOOL -> b.put((byte) (i % 2));
        case UINT8, INT8 -> b.put((byte) i);
        case UINT16, INT16 -> b.putShort((short) i);
        case UINT32, INT32 -> b.putInt(i);
        case UINT64, INT64 -> b.putLong(i);
        case FLOAT16 -> b.putShort(i == 0 ? 0 : half(i));
        case FLOAT32 -> b.putFloat(i);
        case FLOAT64 -> b.putDouble(i);
        case COMPLEX64 -> b.putFloat(i).putFloat(-i);
        case COMPLEX128 -> b.putDouble(i).putDouble(-i);
      }
    }
    return b.array();
  }

  private static short half(int value) {
    int exponent = 31 - Integer.numberOfLeadingZeros(value);
    return (short) (((exponent + 15) << 10) | ((value << (10 - exponent)) & 0x3ff));
  }

  /** A zip of arrays; stored as numpy.savez does, deflated as savez_compressed does. */
  static byte[] npz(int method, Map<String, byte[]> arrays) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      for (Map.Entry<String, byte[]> array : arrays.entrySet()) {
        ZipEntry entry = new ZipEntry(array.getKey() + ".npy");
        entry.setMethod(method);
        if (method == ZipEntry.STORED) {
          CRC32 crc = new CRC32();
          crc.update(array.getValue());
          entry.setSize(array.getValue().length);
          entry.setCrc(crc.getValue());
        }
        zip.putNextEntry(entry);
        zip.write(array.getValue());
      }
    }
    return bytes.toByteArray();
  }
}
