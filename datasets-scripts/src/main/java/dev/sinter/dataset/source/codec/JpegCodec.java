package dev.sinter.dataset.source.codec;

import java.util.Objects;

/** JPEG, ISO 10918-1: walks the marker segments and hands the scans to their decoders. */
final class JpegCodec implements FrameCodec {
  static final String NAME = "JPEG";

  /**
   * Progressive encoders write about ten. Each scan can pass over the whole picture for a few
   * bytes, so their number bounds the time.
   */
  private static final int MAX_SCANS = 200;

  @Override
  public DecodedFrame decode(byte[] data, int offset, int length, Limits limits) {
    Objects.checkFromIndexSize(offset, length, data.length);
    int end = offset + length;
    if (length < 4 || data[offset] != (byte) 0xFF || data[offset + 1] != (byte) 0xD8) {
      throw CodecErrors.unreadable(NAME, "it does not begin with a start-of-image marker");
    }
    JpegSegments segments = new JpegSegments();
    JpegFrame frame = null;
    JpegPicture picture = null;
    int scans = 0;
    int at = offset + 2;
    while (true) {
      at = marker(data, at, end);
      if (at < 0 || (data[at + 1] & 0xFF) == 0xD9) {
        break;
      }
      int marker = data[at + 1] & 0xFF;
      at += 2;
      if (marker == 0x01 || (marker >= 0xD0 && marker <= 0xD8)) {
        continue;
      }
      int size = end - at >= 2 ? JpegSegments.word(data, at) : 0;
      if (size < 2 || size > end - at) {
        throw CodecErrors.unreadable(NAME, "a segment is cut off");
      }
      int content = at + 2;
      at += size;
      JpegFrame.Coding coding = coding(marker);
      if (coding != null) {
        if (frame != null) {
          throw CodecErrors.unreadable(NAME, "it has two frame headers");
        }
        int rowsBelow = rowsBelow(data, at, end);
        frame = JpegFrame.read(coding, data, content, at, rowsBelow, length, limits);
        picture =
            coding == JpegFrame.Coding.LOSSLESS ? new JpegLossless(frame) : new JpegDct(frame);
      } else if (marker == 0xDA) {
        if (frame == null || ++scans > MAX_SCANS) {
          throw CodecErrors.unreadable(
              NAME, frame == null ? "a scan precedes its frame" : "it has too many scans");
        }
        JpegScan scan = JpegScan.read(frame, segments, data, content, at);
        JpegBits bits = new JpegBits(data, at, end, NAME);
        picture.scan(scan, segments, bits);
        at = bits.endSegment();
      } else {
        segments.read(marker, data, content, at);
      }
    }
    if (frame == null) {
      throw CodecErrors.unreadable(NAME, "it has no frame header");
    }
    requireComplete(frame, at >= 0);
    return new DecodedFrame(
        frame.rows,
        frame.columns,
        frame.components.length,
        frame.precision,
        false,
        segments.color(frame.components),
        picture.samples());
  }

  /**
   * A sequential stream whose scans are whole is taken without its end marker, which devices are
   * known to leave out; of a progressive one nobody knows how many scans are missing.
   */
  private static void requireComplete(JpegFrame frame, boolean endMarker) {
    for (JpegComponent component : frame.components) {
      if (!component.scanned) {
        throw CodecErrors.unreadable(NAME, "component " + component.id + " has no scan");
      }
    }
    if (!endMarker && frame.coding == JpegFrame.Coding.PROGRESSIVE) {
      throw CodecErrors.unreadable(NAME, "its end is missing");
    }
  }

  /** Where the next marker is, at or after this place, or -1. */
  private static int marker(byte[] data, int from, int end) {
    int at = from;
    while (at + 1 < end) {
      int next = data[at + 1] & 0xFF;
      if (data[at] == (byte) 0xFF && next != 0 && next != 0xFF) {
        return at;
      }
      at++;
    }
    return -1;
  }

  private static JpegFrame.Coding coding(int marker) {
    return switch (marker) {
      case 0xC0, 0xC1 -> JpegFrame.Coding.SEQUENTIAL;
      case 0xC2 -> JpegFrame.Coding.PROGRESSIVE;
      case 0xC3 -> JpegFrame.Coding.LOSSLESS;
      case 0xC5, 0xC6, 0xC7 -> throw CodecErrors.unreadable(NAME, "hierarchical coding");
      case 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF ->
          throw CodecErrors.unreadable(NAME, "arithmetic coding");
      case 0xF7 -> throw CodecErrors.unreadable(NAME, "it is a JPEG-LS stream");
      default -> null;
    };
  }

  /** The rows that a DNL segment (B.2.5) states, or 0. */
  private static int rowsBelow(byte[] data, int from, int end) {
    for (int at = from; at + 5 < end; at++) {
      if (data[at] == (byte) 0xFF
          && data[at + 1] == (byte) 0xDC
          && data[at + 2] == 0
          && data[at + 3] == 4) {
        return JpegSegments.word(data, at + 4);
      }
    }
    return 0;
  }
}
