package dev.sinter.dataset.source;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Tag 274 of the first directory of an EXIF segment, which is laid out as a TIFF file is. */
final class ExifOrientation {
  private static final int ORIENTATION = 274;

  private ExifOrientation() {}

  /**
   * 1 to 8, or 0 when it is not there.
   *
   * @param start of the TIFF header
   * @param end of the segment
   */
  static int of(byte[] content, int start, int end) {
    if (start + 8 > end) {
      return 0;
    }
    ByteBuffer b =
        ByteBuffer.wrap(content)
            .order(content[start] == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
    long at = start + (b.getInt(start + 4) & 0xffffffffL);
    if (at + 2 > end) {
      return 0;
    }
    int entries = b.getShort((int) at) & 0xffff;
    at += 2;
    for (int i = 0; i < entries && at + 12 <= end; i++, at += 12) {
      if ((b.getShort((int) at) & 0xffff) == ORIENTATION) {
        int value = b.getShort((int) at + 8);
        return value >= 1 && value <= 8 ? value : 0;
      }
    }
    return 0;
  }
}
