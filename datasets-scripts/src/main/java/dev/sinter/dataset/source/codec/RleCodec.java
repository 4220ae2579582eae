package dev.sinter.dataset.source.codec;

import java.util.Objects;

/**
 * DICOM's run-length code, PS3.5 Annex G: a header of sixteen 32-bit words (number of segments,
 * their offsets), then one PackBits segment for each byte of a sample, most significant first.
 */
record RleCodec(int rows, int columns, int samplesPerPixel, int bitsAllocated)
    implements FrameCodec {
  private static final String NAME = "RLE";
  private static final int HEADER_BYTES = 64;
  private static final int MAX_SEGMENTS = 15;

  /** Two bytes give at most 128. */
  private static final int MAX_EXPANSION = 64;

  @Override
  public DecodedFrame decode(byte[] data, int offset, int length, Limits limits) {
    Objects.checkFromIndexSize(offset, length, data.length);
    int samples = limits.require(NAME, rows, columns, samplesPerPixel);
    boolean packed = bitsAllocated == 1;
    if (!packed && bitsAllocated != 8 && bitsAllocated != 16 && bitsAllocated != 32) {
      throw CodecErrors.unreadable(NAME, "bits allocated are " + bitsAllocated);
    }
    int bytesPerSample = packed ? 1 : bitsAllocated / 8;
    int[] starts = segments(data, offset, length, samplesPerPixel * bytesPerSample);
    int pixels = samples / samplesPerPixel;
    int segmentBytes = packed ? (pixels + 7) / 8 : pixels;
    if ((long) segmentBytes * (starts.length - 1) > (long) length * MAX_EXPANSION) {
      throw CodecErrors.unreadable(NAME, "it is too short for its " + pixels + " pixels");
    }
    int stride = packed ? starts.length - 1 : samplesPerPixel * bytesPerSample;
    byte[] out = new byte[segmentBytes * stride];
    for (int segment = 0; segment + 1 < starts.length; segment++) {
      int sample = segment / bytesPerSample;
      int significance = bytesPerSample - 1 - segment % bytesPerSample;
      unpack(
          data,
          starts[segment],
          starts[segment + 1],
          out,
          sample * bytesPerSample + significance,
          stride);
    }
    return new DecodedFrame(
        rows,
        columns,
        samplesPerPixel,
        bitsAllocated,
        false,
        samplesPerPixel == 1 ? StreamColor.GRAY : StreamColor.NOT_STATED,
        packed ? bits(out, samples, stride) : out);
  }

  /** Where each segment starts, and where the last one ends at most. */
  private static int[] segments(byte[] data, int offset, int length, int expected) {
    if (length < HEADER_BYTES) {
      throw CodecErrors.unreadable(NAME, "its " + length + " bytes do not hold the header");
    }
    long count = word(data, offset);
    if (count != expected || count > MAX_SEGMENTS) {
      throw CodecErrors.unreadable(
          NAME, "it has " + count + " segments where its pixels need " + expected);
    }
    int[] starts = new int[expected + 1];
    long previous = HEADER_BYTES;
    for (int segment = 0; segment < expected; segment++) {
      long start = word(data, offset + 4 + 4 * segment);
      if (start < previous || start > length) {
        throw CodecErrors.unreadable(
            NAME, "segment " + (segment + 1) + " starts at byte " + start + " of " + length);
      }
      previous = start;
      starts[segment] = offset + (int) start;
    }
    starts[expected] = offset + length;
    return starts;
  }

  private static void unpack(byte[] data, int from, int to, byte[] out, int first, int stride) {
    int in = from;
    int at = first;
    int end = out.length;
    while (at < end) {
      if (in >= to) {
        throw truncated(at, end);
      }
      int code = data[in++];
      if (code >= 0) {
        if (code >= to - in) {
          throw truncated(at, end);
        }
        for (int left = code; left >= 0 && at < end; left--, at += stride) {
          out[at] = data[in++];
        }
      } else if (code != -128) {
        if (in >= to) {
          throw truncated(at, end);
        }
        byte value = data[in++];
        for (int left = code; left <= 0 && at < end; left++, at += stride) {
          out[at] = value;
        }
      }
    }
  }

  private static RuntimeException truncated(int at, int end) {
    return CodecErrors.unreadable(
        NAME, "a segment ends after " + 100L * at / end + " % of its pixels");
  }

  private static byte[] bits(byte[] packed, int samples, int stride) {
    byte[] out = new byte[samples];
    for (int i = 0; i < samples; i++) {
      int pixel = i / stride;
      out[i] = (byte) (packed[(pixel >> 3) * stride + i % stride] >> (pixel & 7) & 1);
    }
    return out;
  }

  private static long word(byte[] data, int at) {
    return (data[at] & 0xFFL)
        | (data[at + 1] & 0xFFL) << 8
        | (data[at + 2] & 0xFFL) << 16
        | (data[at + 3] & 0xFFL) << 24;
  }
}
