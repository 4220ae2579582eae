package dev.sinter.dataset.source.codec;

import java.util.Arrays;
import java.util.Objects;

/** JPEG 2000, ISO 15444-1: finds the code stream and walks its marker segments and tile parts. */
final class Jpeg2000Codec implements FrameCodec {
  static final String NAME = "JPEG 2000";
  private static final int SOT = 0x90;
  private static final int SOD = 0x93;
  private static final int EOC = 0xD9;

  @Override
  public DecodedFrame decode(byte[] data, int offset, int length, Limits limits) {
    Objects.checkFromIndexSize(offset, length, data.length);
    Jpeg2000File file = Jpeg2000File.find(data, offset, offset + length);
    return codeStream(data, file.start(), file.end(), file.color(), limits);
  }

  private static DecodedFrame codeStream(
      byte[] data, int start, int end, StreamColor stated, Limits limits) {
    if (end - start < 4
        || marker(data, start, end) != 0x4F
        || marker(data, start + 2, end) != 0x51) {
      throw CodecErrors.unreadable(NAME, "it does not begin with a code stream's markers");
    }
    int at = start + 2;
    int first = segmentEnd(data, at, end);
    Jpeg2000Size size = Jpeg2000Size.read(data, at + 4, first, end - start, limits);
    Jpeg2000Parameters main = new Jpeg2000Parameters(size.components());
    at = first;
    while (marker(data, at, end) != SOT) {
      int next = segmentEnd(data, at, end);
      main.read(data[at + 1] & 0xFF, data, at + 4, next, false);
      at = next;
    }
    TileParts parts = new TileParts(data, at, end, size, main);
    byte[] out = null;
    for (int tile = 0; tile < parts.bytes.length; tile++) {
      if (parts.bytes[tile] == null) {
        throw CodecErrors.unreadable(NAME, "tile " + tile + " is missing");
      }
      Jpeg2000Tile decoder = new Jpeg2000Tile(size, parts.parameters[tile]);
      if (out == null) {
        out =
            new byte
                [size.rows()
                    * size.columns()
                    * size.components()
                    * DecodedFrame.bytesFor(size.precision())];
      }
      decoder.decode(tile, parts.bytes[tile], parts.lengths[tile], out);
      parts.bytes[tile] = null;
    }
    return new DecodedFrame(
        size.rows(),
        size.columns(),
        size.components(),
        size.precision(),
        size.signed(),
        color(size.components(), parts.parameters[0].transformed, stated),
        out);
  }

  private static StreamColor color(int components, boolean transformed, StreamColor stated) {
    if (components < 3) {
      return components == 1 ? StreamColor.GRAY : StreamColor.NOT_STATED;
    }
    return transformed ? StreamColor.RGB : stated;
  }

  private static int marker(byte[] data, int at, int end) {
    if (end - at < 2 || data[at] != (byte) 0xFF) {
      throw CodecErrors.unreadable(NAME, "a marker is missing, it is damaged or cut off");
    }
    return data[at + 1] & 0xFF;
  }

  private static int segmentEnd(byte[] data, int at, int end) {
    int length = end - at >= 4 ? JpegSegments.word(data, at + 2) : 0;
    if (length < 2 || length > end - at - 2) {
      throw CodecErrors.unreadable(NAME, "a segment is cut off");
    }
    return at + 2 + length;
  }

  /** The tile parts of a code stream, joined for each tile. */
  private static final class TileParts {
    final byte[][] bytes;
    final int[] lengths;
    final Jpeg2000Parameters[] parameters;

    TileParts(byte[] data, int from, int end, Jpeg2000Size size, Jpeg2000Parameters main) {
      int tiles = size.tileColumns() * size.tileRows();
      bytes = new byte[tiles][];
      lengths = new int[tiles];
      parameters = new Jpeg2000Parameters[tiles];
      int at = from;
      while (at < end && marker(data, at, end) == SOT) {
        at = part(data, at, end, main);
      }
      if (at < end && marker(data, at, end) != EOC) {
        throw CodecErrors.unreadable(NAME, "something else stands between its tile parts");
      }
    }

    private int part(byte[] data, int start, int end, Jpeg2000Parameters main) {
      int at = segmentEnd(data, start, end);
      int tile = at - start == 12 ? JpegSegments.word(data, start + 4) : bytes.length;
      if (tile >= bytes.length) {
        throw CodecErrors.unreadable(NAME, "a part of unknown tile " + tile);
      }
      long stated =
          (long) JpegSegments.word(data, start + 6) << 16 | JpegSegments.word(data, start + 8);
      long stop = stated == 0 ? withoutEndMarker(data, end) : start + stated;
      if (stop > end || stop < at) {
        throw CodecErrors.unreadable(NAME, "a tile part is cut off");
      }
      if (parameters[tile] == null) {
        parameters[tile] = main.copy();
      }
      while (marker(data, at, (int) stop) != SOD) {
        int next = segmentEnd(data, at, (int) stop);
        parameters[tile].read(data[at + 1] & 0xFF, data, at + 4, next, true);
        at = next;
      }
      at += 2;
      append(tile, data, at, (int) stop - at);
      return (int) stop;
    }

    private static int withoutEndMarker(byte[] data, int end) {
      int at = end;
      while (at > 2 && data[at - 1] == 0) {
        at--;
      }
      boolean marked = at > 2 && data[at - 2] == (byte) 0xFF && data[at - 1] == (byte) EOC;
      return marked ? at - 2 : end;
    }

    private void append(int tile, byte[] data, int at, int length) {
      int before = lengths[tile];
      if (bytes[tile] == null) {
        bytes[tile] = Arrays.copyOfRange(data, at, at + length);
      } else {
        if (before + length > bytes[tile].length) {
          bytes[tile] = Arrays.copyOf(bytes[tile], Math.max(before + length, 2 * before));
        }
        System.arraycopy(data, at, bytes[tile], before, length);
      }
      lengths[tile] = before + length;
    }
  }
}
