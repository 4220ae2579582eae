package dev.sinter.dataset.source;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32;

/** The chunks of a PNG, whose checksums ImageIO does not compare. */
final class PngChunks {
  private static final int END = 0x49454e44; // IEND

  private PngChunks() {}

  static void verify(String path, byte[] content) {
    ByteBuffer buffer = ByteBuffer.wrap(content).order(ByteOrder.BIG_ENDIAN);
    int at = 8;
    while (true) {
      if (at + 12L > content.length) {
        throw SourceErrors.unreadable(path, "png", "the file ends before its end mark");
      }
      int length = buffer.getInt(at);
      if (length < 0 || at + 12L + length > content.length) {
        throw SourceErrors.unreadable(path, "png", "the file ends within a chunk");
      }
      CRC32 crc = new CRC32();
      crc.update(content, at + 4, 4 + length);
      if ((int) crc.getValue() != buffer.getInt(at + 8 + length)) {
        throw SourceErrors.unreadable(path, "png", "wrong checksum of the chunk at byte " + at);
      }
      if (buffer.getInt(at + 4) == END) {
        return;
      }
      at += 12 + length;
    }
  }
}
