package dev.sinter.dataset.source.codec;

import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;

/**
 * What a frame may claim at most.
 *
 * <p>A header is believed up to here, so this is the bound on memory: a codec allocates at most 16
 * bytes for each sample (JPEG 2000, progressive JPEG; the others 8), 2 MiB of tables, and JPEG 2000
 * 1600 bytes for each byte of the stream. Codecs whose shortest code is known refuse a claim that
 * the stream is too short for before they allocate; JPEG-LS grows its picture as rows arrive.
 *
 * @param maxSamples rows times columns times samples per pixel; a caller that knows the size of its
 *     frame gives just that
 */
public record Limits(long maxSamples) {
  /** A frame of 16384 x 16384, or of 9459 x 9459 in colour. */
  public static final Limits DEFAULT = new Limits(1L << 28);

  /** Checks that the limit can be allocated at all. */
  public Limits {
    if (maxSamples < 1) {
      throw new IllegalArgumentException("maxSamples " + maxSamples + ": at least 1");
    }
  }

  /** Refuses a claim above the limit; returns the number of samples. */
  int require(String codec, long rows, long columns, long samplesPerPixel) {
    if (rows < 1 || columns < 1 || samplesPerPixel < 1) {
      throw CodecErrors.unreadable(
          codec, "it claims " + rows + " x " + columns + " pixels of " + samplesPerPixel);
    }
    long most = Math.min(maxSamples, Integer.MAX_VALUE / 4);
    if (rows > most / columns / samplesPerPixel) { // their product may be too large for any type
      throw new SinterException(
          ErrorCategory.DATA,
          "IMAGE_TOO_LARGE",
          String.format(
              "the %s frame claims %d x %d pixels of %d samples, above the limit of %d samples",
              codec, rows, columns, samplesPerPixel, maxSamples),
          "Cut the image into tiles, or remove it.");
    }
    return (int) (rows * columns * samplesPerPixel);
  }
}
