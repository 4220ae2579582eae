package dev.sinter.trainer.tracking;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/**
 * TFRecord: length (8 bytes), its masked CRC-32C (4 bytes), data, its masked CRC-32C (4 bytes), all
 * little-endian.
 */
final class RecordFraming {
  private static final int MASK_DELTA = 0xa282ead8;

  private RecordFraming() {}

  /** One record around these data. */
  static byte[] record(byte[] data) {
    ByteBuffer record =
        ByteBuffer.allocate(Long.BYTES + 2 * Integer.BYTES + data.length)
            .order(ByteOrder.LITTLE_ENDIAN);
    record.putLong(data.length);
    record.putInt(maskedChecksum(record.array(), Long.BYTES));
    record.put(data);
    record.putInt(maskedChecksum(data, data.length));
    return record.array();
  }

  // Masked: a CRC over data that hold their own CRC says nothing.
  private static int maskedChecksum(byte[] data, int length) {
    CRC32C checksum = new CRC32C();
    checksum.update(data, 0, length);
    return Integer.rotateRight((int) checksum.getValue(), 15) + MASK_DELTA;
  }
}
