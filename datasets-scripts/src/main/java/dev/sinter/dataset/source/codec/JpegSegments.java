package dev.sinter.dataset.source.codec;

/** The marker segments between scans, ISO 10918-1 Annex B: tables and what they say of colour. */
final class JpegSegments {
  private static final byte[] ADOBE = {'A', 'd', 'o', 'b', 'e'};
  private static final byte[] JFIF = {'J', 'F', 'I', 'F', 0};

  private final int[][] quantization = new int[4][];
  private final HuffmanTable[] dc = new HuffmanTable[4];
  private final HuffmanTable[] ac = new HuffmanTable[4];
  private int restartInterval;
  private int adobeTransform = -1;
  private boolean jfif;

  static int word(byte[] data, int at) {
    return (data[at] & 0xFF) << 8 | (data[at + 1] & 0xFF);
  }

  /** Takes in one segment, whose content lies between {@code at} and {@code end}. */
  void read(int marker, byte[] data, int at, int end) {
    switch (marker) {
      case 0xC4 -> huffman(data, at, end);
      case 0xDB -> quantization(data, at, end);
      case 0xDD -> {
        if (end - at < 2) {
          throw CodecErrors.unreadable(JpegCodec.NAME, "an empty restart interval");
        }
        restartInterval = word(data, at);
      }
      case 0xE0 -> jfif |= startsWith(data, at, end, JFIF);
      case 0xEE -> {
        if (startsWith(data, at, end, ADOBE) && end - at >= 12) {
          adobeTransform = data[at + 11] & 0xFF;
        }
      }
      default -> {
        // comments and what other applications keep
      }
    }
  }

  private static boolean startsWith(byte[] data, int at, int end, byte[] prefix) {
    if (end - at < prefix.length) {
      return false;
    }
    for (int i = 0; i < prefix.length; i++) {
      if (data[at + i] != prefix[i]) {
        return false;
      }
    }
    return true;
  }

  private void huffman(byte[] data, int from, int end) {
    int at = from;
    while (end - at >= 17) {
      int target = data[at] & 0xFF;
      if ((target & 15) > 3 || target >> 4 > 1) {
        throw CodecErrors.unreadable(JpegCodec.NAME, "a Huffman table for destination " + target);
      }
      HuffmanTable table = new HuffmanTable(data, at + 1, end);
      (target < 16 ? dc : ac)[target & 15] = table;
      at += 1 + table.bytes();
    }
  }

  private void quantization(byte[] data, int from, int end) {
    int at = from;
    while (at < end) {
      int target = data[at] & 15;
      int bytes = (data[at] & 0xF0) == 0 ? 1 : 2;
      at++;
      if (target > 3 || end - at < 64 * bytes) {
        throw CodecErrors.unreadable(JpegCodec.NAME, "a quantisation table is too short");
      }
      int[] steps = new int[64];
      for (int k = 0; k < 64; k++, at += bytes) {
        steps[k] = bytes == 1 ? data[at] & 0xFF : word(data, at);
      }
      quantization[target] = steps;
    }
  }

  HuffmanTable dcTable(int index) {
    return index > 3 ? null : dc[index];
  }

  HuffmanTable acTable(int index) {
    return index > 3 ? null : ac[index];
  }

  int[] steps(int index) {
    if (quantization[index] == null) {
      throw CodecErrors.unreadable(JpegCodec.NAME, "quantisation table " + index + " is missing");
    }
    return quantization[index];
  }

  int restartInterval() {
    return restartInterval;
  }

  /** What the stream says of its colours. */
  StreamColor color(JpegComponent[] components) {
    return switch (components.length) {
      case 1 -> StreamColor.GRAY;
      case 3 -> {
        if (adobeTransform >= 0) {
          yield adobeTransform == 0 ? StreamColor.RGB : StreamColor.YBR_FULL;
        }
        if (jfif) {
          yield StreamColor.YBR_FULL;
        }
        boolean letters =
            components[0].id == 'R' && components[1].id == 'G' && components[2].id == 'B';
        yield letters ? StreamColor.RGB : StreamColor.NOT_STATED;
      }
      case 4 -> adobeTransform == 2 ? StreamColor.YCCK : StreamColor.CMYK;
      default -> StreamColor.NOT_STATED;
    };
  }
}
