package dev.sinter.trainer.report;

/**
 * An image to be shown, with 8 bits per sample. Its values are stretched to black and white.
 *
 * @param id sample id; holds no patient identifier
 * @param channels 1 (gray) or 3 (red, green, blue)
 * @param height pixels
 * @param width pixels
 * @param pixels unsigned, (channels, height, width) row major, as in a shard
 */
public record ExamplePicture(String id, int channels, int height, int width, byte[] pixels) {
  /** Checks that the sizes fit. */
  public ExamplePicture {
    if (channels != 1 && channels != 3) {
      throw new IllegalArgumentException("picture " + id + " has " + channels + " channels");
    }
    if (height < 1 || width < 1 || (long) channels * height * width != pixels.length) {
      throw new IllegalArgumentException(
          "picture %s of %d x %d x %d has %d values"
              .formatted(id, channels, height, width, pixels.length));
    }
  }
}
