package dev.sinter.dataset.source.dicom;

import dev.sinter.dataset.source.StoredValues;
import java.util.Arrays;

/**
 * Pixels that are not compressed, PS3.5 section 8.1.1 and 8.2, PS3.3 C.7.6.3.1.1: to (frames, rows,
 * columns, samples), least significant byte first, one byte for each single bit.
 */
final class NativePixels {
  private NativePixels() {}

  /**
   * Reads all frames.
   *
   * @param swapped values are most significant byte first
   * @param words the bytes are those of 16-bit words (OW), which matters when they are swapped
   */
  static byte[] read(
      byte[] content, int offset, int length, PixelFormat format, boolean swapped, boolean words) {
    long samples = format.totalSamples();
    boolean subsampled = isSubsampled(format, length);
    long needed = subsampled ? samples / 3 * 2 : bytes(samples, format.bitsAllocated());
    if (needed > length) {
      throw DicomErrors.truncated(
          String.format(
              "%d frames of %d x %d pixels with %d samples of %d bits need %d bytes, %d are there",
              format.frames(),
              format.rows(),
              format.columns(),
              format.samples(),
              format.bitsAllocated(),
              needed,
              length));
    }
    if (samples * format.sampleBytes() > Integer.MAX_VALUE - 16) {
      throw DicomErrors.tooLarge(samples + " samples; at most 2 GiB are read");
    }
    int from = offset;
    byte[] source = content;
    if (swapped && words && format.bitsAllocated() <= 8) {
      // An odd number of bytes still fills whole words.
      source =
          Arrays.copyOfRange(content, offset, offset + (int) Math.min(length, needed + 1 & ~1L));
      StoredValues.swap(source, 2);
      from = 0;
    }
    if (format.bitsAllocated() == 1) {
      return bits(source, from, (int) samples);
    }
    if (subsampled) {
      return fullColumns(source, from, (int) samples);
    }
    byte[] values = Arrays.copyOfRange(source, from, from + (int) needed);
    if (swapped && format.sampleBytes() > 1) {
      StoredValues.swap(values, format.sampleBytes());
    }
    return format.planar() ? interleaved(values, format) : values;
  }

  private static long bytes(long samples, int bits) {
    return bits == 1 ? samples / 8 + (samples % 8 == 0 ? 0 : 1) : saturated(samples, bits / 8);
  }

  private static long saturated(long samples, int width) {
    return samples > Long.MAX_VALUE / 8 ? Long.MAX_VALUE : samples * width;
  }

  /** Some writers name it so and store all three samples of each pixel. */
  private static boolean isSubsampled(PixelFormat format, int length) {
    boolean named =
        format.photometric() == Photometric.YBR_FULL_422
            || format.photometric() == Photometric.YBR_PARTIAL_422;
    return named
        && format.bitsAllocated() == 8
        && format.columns() % 2 == 0
        && length < format.totalSamples();
  }

  /** The first pixel is the lowest bit; frames follow each other without a gap. */
  private static byte[] bits(byte[] packed, int offset, int samples) {
    byte[] values = new byte[samples];
    for (int i = 0; i < samples; i++) {
      values[i] = (byte) (packed[offset + (i >> 3)] >> (i & 7) & 1);
    }
    return values;
  }

  /** Two columns are stored as Y1 Y2 Cb Cr. */
  private static byte[] fullColumns(byte[] stored, int offset, int samples) {
    byte[] values = new byte[samples];
    for (int in = offset, out = 0; out + 6 <= samples; in += 4, out += 6) {
      values[out] = stored[in];
      values[out + 3] = stored[in + 1];
      values[out + 1] = values[out + 4] = stored[in + 2];
      values[out + 2] = values[out + 5] = stored[in + 3];
    }
    return values;
  }

  private static byte[] interleaved(byte[] planes, PixelFormat format) {
    byte[] values = new byte[planes.length];
    int width = format.sampleBytes();
    int pixels = format.rows() * format.columns();
    int frameBytes = pixels * format.samples() * width;
    for (int frame = 0; frame < format.frames(); frame++) {
      int in = frame * frameBytes;
      for (int sample = 0; sample < format.samples(); sample++) {
        int out = frame * frameBytes + sample * width;
        for (int pixel = 0; pixel < pixels; pixel++, out += format.samples() * width) {
          for (int i = 0; i < width; i++) {
            values[out + i] = planes[in++];
          }
        }
      }
    }
    return values;
  }
}
