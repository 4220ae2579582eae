package dev.sinter.dataset.source.codec;

/**
 * The samples of one frame, as stored.
 *
 * @param rows height in pixels
 * @param columns width in pixels
 * @param samplesPerPixel 1 to 4
 * @param bitsPerSample 1 to 32, as the stream says
 * @param signed whether samples are two's complement of {@code bitsPerSample}, extended to whole
 *     bytes; only JPEG 2000 says so, all others give the bits and leave it to their container
 * @param color what the stream says of colour
 * @param samples row by row, the samples of a pixel together, each of {@link #bytesPerSample()}
 *     bytes, least significant first. The array belongs to the caller.
 */
public record DecodedFrame(
    int rows,
    int columns,
    int samplesPerPixel,
    int bitsPerSample,
    boolean signed,
    StreamColor color,
    byte[] samples) {

  /** 1 for up to 8 bits, 2 for up to 16, 4 for more. */
  public int bytesPerSample() {
    return bytesFor(bitsPerSample);
  }

  static int bytesFor(int bits) {
    return bits <= 8 ? 1 : bits <= 16 ? 2 : 4;
  }
}
