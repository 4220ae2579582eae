package dev.sinter.dataset.source.dicom;

import java.util.Arrays;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/** Deflated data sets and frames, PS3.5 A.5 and A.4.13: RFC 1951 without a header. */
final class Deflate {
  /** What any file may expand to. */
  static final int ALWAYS_ALLOWED = 64 << 20;

  /** Beyond that, a file may expand this much; masks that are nearly empty come near it. */
  static final int LARGEST_RATIO = 512;

  private Deflate() {}

  /** Everything up to the end of the stream. */
  static byte[] inflate(byte[] content, int offset, int length) {
    long largest = Math.max(ALWAYS_ALLOWED, (long) length * LARGEST_RATIO);
    byte[] out = new byte[(int) Math.min(largest, Math.max(64, 4L * length))];
    Inflater inflater = new Inflater(!hasZlibHeader(content, offset, length));
    try {
      inflater.setInput(content, offset, length);
      int size = 0;
      while (!inflater.finished()) {
        if (size == out.length) {
          if (size >= Math.min(largest, Integer.MAX_VALUE - 16)) {
            throw DicomErrors.tooLarge(
                "deflated data of " + length + " bytes expand to more than " + size);
          }
          out =
              Arrays.copyOf(
                  out, (int) Math.min(2L * size, Math.min(largest, Integer.MAX_VALUE - 16)));
        }
        int read = inflater.inflate(out, size, out.length - size);
        if (read == 0 && !inflater.finished()) {
          if (inflater.needsInput() || inflater.needsDictionary()) {
            throw DicomErrors.truncated("the deflated data end before their end mark");
          }
        }
        size += read;
      }
      return Arrays.copyOf(out, size);
    } catch (DataFormatException e) {
      throw DicomErrors.invalid("the deflated data are damaged: " + e.getMessage());
    } finally {
      inflater.end();
    }
  }

  /** Some writers leave the header of RFC 1950 in place. */
  private static boolean hasZlibHeader(byte[] content, int offset, int length) {
    return length > 2
        && content[offset] == 0x78
        && Encoding.EXPLICIT_BIG.unsigned16(content, offset) % 31 == 0;
  }
}
