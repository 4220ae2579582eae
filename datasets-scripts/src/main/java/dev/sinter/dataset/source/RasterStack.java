package dev.sinter.dataset.source;

import java.util.List;

/** The pages of a TIFF as one volume: microscopes and PACS exports write stacks so. */
final class RasterStack {

  private RasterStack() {}

  static RawVolume of(String path, List<RawImage> pages) {
    RawImage first = pages.get(0);
    int bytes = first.pixels().length;
    byte[] stored = new byte[Math.multiplyExact(bytes, pages.size())];
    for (int page = 0; page < pages.size(); page++) {
      RawImage image = pages.get(page);
      if (image.height() != first.height()
          || image.width() != first.width()
          || image.channels() != first.channels()
          || image.type() != first.type()) {
        throw SourceErrors.data(
            "IMAGE_MULTI_PAGE",
            path
                + ": of its "
                + pages.size()
                + " images the first is "
                + text(first)
                + ", number "
                + (page + 1)
                + " is "
                + text(image),
            "Save each page as a file of its own; pages of one size are read as a volume.");
      }
      byte[] voxels =
          StoredValues.interleaved(image.pixels(), image.channels(), image.type().bytes());
      System.arraycopy(voxels, 0, stored, page * bytes, bytes);
    }
    return new RawVolume(
        first.format(),
        new int[] {first.width(), first.height(), pages.size()},
        first.channels(),
        first.type(),
        Scaling.NONE,
        Geometry.UNKNOWN,
        stored,
        first.notes());
  }

  private static String text(RawImage image) {
    return image.height()
        + " x "
        + image.width()
        + " x "
        + image.channels()
        + " "
        + image.type().key();
  }
}
