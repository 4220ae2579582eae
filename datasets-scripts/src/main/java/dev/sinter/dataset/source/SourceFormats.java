package dev.sinter.dataset.source;

import java.util.List;
import java.util.Locale;

/** Chooses a reader by a file's content; the name does not count. */
public final class SourceFormats {
  private static final List<SourceFormat> FORMATS =
      List.of(
          RasterFormat.PNG,
          RasterFormat.JPEG,
          RasterFormat.TIFF,
          RasterFormat.BMP,
          new NiftiFormat());

  private SourceFormats() {}

  /**
   * Decodes an image or volume.
   *
   * @param path shown in errors
   * @param content the whole file
   * @throws dev.sinter.error.SinterException {@code IMAGE_FORMAT_UNKNOWN}, or the code of its
   *     reader
   */
  public static RawSource read(String path, byte[] content) {
    return formatOf(path, content).read(path, content);
  }

  /** Decodes an image or volume of labels: a coloured palette gives its indices. */
  public static RawSource readMask(String path, byte[] content) {
    return formatOf(path, content).readMask(path, content);
  }

  private static SourceFormat formatOf(String path, byte[] content) {
    for (SourceFormat format : FORMATS) {
      if (format.matches(content)) {
        return format;
      }
    }
    StringBuilder first = new StringBuilder();
    for (int i = 0; i < Math.min(8, content.length); i++) {
      first.append(String.format(Locale.ROOT, "%s%02x", i == 0 ? "" : " ", content[i] & 0xff));
    }
    throw SourceErrors.data(
        "IMAGE_FORMAT_UNKNOWN",
        path
            + (content.length == 0
                ? ": the file is empty"
                : ": no known image format begins with " + first),
        "Sinter reads PNG, JPEG, BMP, TIFF and NIfTI (.nii, .nii.gz). Convert or remove the file.");
  }
}
