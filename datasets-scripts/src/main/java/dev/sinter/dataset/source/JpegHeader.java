package dev.sinter.dataset.source;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * What a JPEG's markers say before its first scan (ITU-T T.81 annex B, Adobe's APP14, EXIF).
 *
 * @param components of its frame
 * @param adobeTransform 0, 1 (YCbCr), 2 (YCCK), or -1 without Adobe's marker
 * @param orientation of EXIF, 1 to 8, or 0
 */
record JpegHeader(int components, int adobeTransform, int orientation) {
  static final JpegHeader NONE = new JpegHeader(0, -1, 0);
  private static final int MOST_SCANS = 200;

  /** Four components are inks, which ImageIO gives only as they are stored. */
  boolean isCmyk() {
    return components == 4;
  }

  boolean isYcck() {
    return adobeTransform == 2;
  }

  static JpegHeader parse(String path, byte[] content) {
    ByteBuffer b = ByteBuffer.wrap(content).order(ByteOrder.BIG_ENDIAN);
    int transform = -1;
    int orientation = 0;
    int at = 2;
    while (at + 4 <= content.length) {
      if (content[at] != (byte) 0xff) {
        at++; // ImageIO skips what lies between markers as well
        continue;
      }
      int marker = content[at + 1] & 0xff;
      if (marker == 0xff) {
        at++;
        continue;
      }
      if (marker == 0 || marker == 0x01 || (marker >= 0xd0 && marker <= 0xd8)) {
        at += 2;
        continue;
      }
      if (marker == 0xd9 || marker == 0xda) {
        break;
      }
      int length = b.getShort(at + 2) & 0xffff;
      int end = Math.min(content.length, at + 2 + length);
      if (marker == 0xee && length >= 14 && text(content, at + 4, "Adobe")) {
        transform = at + 15 < content.length ? content[at + 15] & 0xff : -1;
      } else if (marker == 0xe1 && text(content, at + 4, "Exif\0\0")) {
        orientation = ExifOrientation.of(content, at + 10, end);
      } else if (marker >= 0xc0
          && marker <= 0xcf
          && marker != 0xc4
          && marker != 0xc8
          && marker != 0xcc) {
        refuseManyScans(path, content, at);
        return new JpegHeader(frame(path, content, at, marker), transform, orientation);
      }
      at += 2 + Math.max(2, length);
    }
    throw SourceErrors.unreadable(path, "jpeg", "the file ends before a frame begins");
  }

  /** Every scan goes over the whole image: some thousands of them are an attack. */
  private static void refuseManyScans(String path, byte[] content, int from) {
    int scans = 0;
    for (int at = from; at + 1 < content.length; at++) {
      scans += content[at] == (byte) 0xff && content[at + 1] == (byte) 0xda ? 1 : 0;
    }
    if (scans > MOST_SCANS) {
      throw SourceErrors.unreadable(
          path, "jpeg", scans + " scans; at most " + MOST_SCANS + " are read");
    }
  }

  private static int frame(String path, byte[] content, int at, int marker) {
    if (at + 10 > content.length) {
      throw SourceErrors.unreadable(path, "jpeg", "the file ends within the frame's header");
    }
    int precision = content[at + 4];
    String kind =
        switch (marker) {
          case 0xc0, 0xc1, 0xc2 -> precision == 8 ? "" : precision + "-bit";
          case 0xc3 -> "lossless";
          case 0xc5, 0xc6, 0xc7 -> "hierarchical";
          default -> "arithmetic-coded";
        };
    if (!kind.isEmpty()) {
      throw SourceErrors.unreadable(
          path, "jpeg", kind + " JPEG is read inside DICOM files at most; save it as PNG or TIFF");
    }
    int components = content[at + 9] & 0xff;
    if (components != 1 && components != 3 && components != 4) {
      throw SourceErrors.unreadable(path, "jpeg", components + " components");
    }
    return components;
  }

  private static boolean text(byte[] content, int at, String text) {
    for (int i = 0; i < text.length(); i++) {
      if (at + i >= content.length || content[at + i] != (byte) text.charAt(i)) {
        return false;
      }
    }
    return true;
  }
}
