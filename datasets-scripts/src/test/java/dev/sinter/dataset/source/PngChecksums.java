package dev.sinter.dataset.source;

import java.nio.ByteBuffer;
import java.util.zip.CRC32;

/** Gives the chunks of a changed PNG their right checksums, so that the change is decoded. */
final class PngChecksums {
  private PngChecksums() {}

  static void repair(byte[] png) {
    ByteBuffer buffer = ByteBuffer.wrap(png);
    long at = 8;
    while (at + 12 <= png.length) {
      int start = (int) at;
      int length = buffer.getInt(start);
      if (length < 0 || at + 12L + length > png.length) {
        return;
      }
      CRC32 crc = new CRC32();
      crc.update(png, start + 4, 4 + length);
      buffer.putInt(start + 8 + length, (int) crc.getValue());
      at += 12L + length;
    }
  }
}
