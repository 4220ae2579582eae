package dev.sinter.dataset.source.codec;

import java.util.Objects;

/** JPEG-LS, ISO 14495-1: walks the marker segments. */
final class JpegLsCodec implements FrameCodec {
  static final String NAME = "JPEG-LS";

  @Override
  public DecodedFrame decode(byte[] data, int offset, int length, Limits limits) {
    Objects.checkFromIndexSize(offset, length, data.length);
    int end = offset + length;
    if (length < 4 || data[offset] != (byte) 0xFF || data[offset + 1] != (byte) 0xD8) {
      throw CodecErrors.unreadable(NAME, "it does not begin with a start-of-image marker");
    }
    JpegLsPicture picture = null;
    JpegLsPreset preset = new JpegLsPreset(0, 0, 0, 0, 0);
    int restartInterval = 0;
    int at = offset + 2;
    while (picture == null || !picture.complete()) {
      while (at + 1 < end && data[at] == (byte) 0xFF && data[at + 1] == (byte) 0xFF) {
        at++;
      }
      if (end - at < 4 || data[at] != (byte) 0xFF) {
        throw CodecErrors.unreadable(NAME, "a marker is missing at byte " + (at - offset));
      }
      int marker = data[at + 1] & 0xFF;
      int content = at + 4;
      at += 2 + JpegSegments.word(data, at + 2);
      if (at > end || at < content) {
        throw CodecErrors.unreadable(NAME, "a segment is cut off");
      }
      switch (marker) {
        case 0xF7 -> {
          if (picture != null) {
            throw CodecErrors.unreadable(NAME, "it has two frame headers");
          }
          picture = JpegLsPicture.read(data, content, at, length, limits);
        }
        case 0xF8 -> preset = preset(data, content, at, preset);
        case 0xDD -> restartInterval = restartInterval(data, content, at);
        case 0xDA -> {
          if (picture == null) {
            throw CodecErrors.unreadable(NAME, "a scan precedes its frame");
          }
          at = picture.scan(data, content, at, end, preset, restartInterval);
        }
        case 0xE8 -> requireNoTransform(data, content, at);
        default -> requireSkippable(marker);
      }
    }
    return picture.frame();
  }

  private static JpegLsPreset preset(byte[] data, int at, int end, JpegLsPreset before) {
    int kind = end > at ? data[at] & 0xFF : 0;
    if (kind == 1 && end - at >= 11) {
      return new JpegLsPreset(
          JpegSegments.word(data, at + 1),
          JpegSegments.word(data, at + 3),
          JpegSegments.word(data, at + 5),
          JpegSegments.word(data, at + 7),
          JpegSegments.word(data, at + 9));
    }
    if (kind == 2 || kind == 3) {
      // a table does no harm unless a scan refers to it, which is refused there
      return before;
    }
    throw CodecErrors.unreadable(NAME, "parameters of kind " + kind);
  }

  private static int restartInterval(byte[] data, int at, int end) {
    int bytes = end - at;
    if (bytes < 2 || bytes > 4) {
      throw CodecErrors.unreadable(NAME, "a restart interval of " + bytes + " bytes");
    }
    int interval = 0;
    for (int i = at; i < end; i++) {
      interval = interval << 8 | (data[i] & 0xFF);
    }
    return interval < 0 ? Integer.MAX_VALUE : interval;
  }

  /** Hewlett-Packard's extension "mrfx" transforms colours outside of the standard. */
  private static void requireNoTransform(byte[] data, int at, int end) {
    boolean extension =
        end - at >= 5
            && data[at] == 'm'
            && data[at + 1] == 'r'
            && data[at + 2] == 'f'
            && data[at + 3] == 'x';
    if (extension && data[at + 4] != 0) {
      throw CodecErrors.unreadable(NAME, "colour transform " + data[at + 4]);
    }
  }

  private static void requireSkippable(int marker) {
    boolean application = (marker >= 0xE0 && marker <= 0xEF) || marker == 0xFE;
    if (!application) {
      throw CodecErrors.unreadable(NAME, String.format("marker %02X has no place in it", marker));
    }
  }
}
