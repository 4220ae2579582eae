package dev.sinter.dataset.source;

import java.io.IOException;
import javax.imageio.ImageReader;
import javax.imageio.ImageTypeSpecifier;

/**
 * How much a file of some size may claim to hold, before anything is allocated for it.
 *
 * <p>Decoding takes at most about 16 times the claimed raster: what is decoded and what is kept of
 * it, of bilevel images a byte per pixel.
 */
final class RasterLimits {
  /**
   * No code of these formats is denser for long: deflate reaches 1032 : 1, LZW 1365 : 1, JPEG a bit
   * for a block.
   */
  static final int LARGEST_RATIO = 1400;

  /** Fax codes take a bit for a blank row, so that small claims are always believed. */
  static final long ALWAYS_ALLOWED_BYTES = 4L << 20;

  private static final int MOST_PAGES = 10_000;

  private RasterLimits() {}

  static void check(String path, long fileBytes, ImageReader reader, int pages) throws IOException {
    if (pages > MOST_PAGES) {
      throw tooLarge(path, fileBytes, pages + " pages");
    }
    double bytes = 0;
    for (int page = 0; page < pages; page++) {
      double pixels = (double) reader.getWidth(page) * reader.getHeight(page);
      bytes += pixels * bitsPerPixel(reader, page) / 8;
      if (bytes > Math.max(ALWAYS_ALLOWED_BYTES, fileBytes * LARGEST_RATIO)
          || pixels > Integer.MAX_VALUE / 16.0) {
        throw tooLarge(
            path,
            fileBytes,
            reader.getHeight(page)
                + " x "
                + reader.getWidth(page)
                + " pixels"
                + (pages == 1 ? "" : " on page " + (page + 1) + " of " + pages));
      }
    }
  }

  /** A JPEG has no type of its own until it is decoded; its luma counts. */
  private static int bitsPerPixel(ImageReader reader, int page) throws IOException {
    ImageTypeSpecifier type = reader.getRawImageType(page);
    return type == null ? 8 : Math.max(1, type.getColorModel().getPixelSize());
  }

  private static dev.sinter.error.SinterException tooLarge(
      String path, long fileBytes, String claim) {
    return SourceErrors.data(
        "IMAGE_TOO_LARGE",
        path + ": a file of " + fileBytes + " bytes claims " + claim,
        "Replace the file if it is damaged, or cut it into tiles.");
  }
}
