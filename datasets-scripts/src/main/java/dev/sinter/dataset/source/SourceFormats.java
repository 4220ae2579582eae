package dev.sinter.dataset.source;

import dev.sinter.error.SinterException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Chooses a reader by a file's content; the name does not count. */
public final class SourceFormats {
  private static final List<SourceFormat> FORMATS =
      List.of(
          new DicomFormat(),
          RasterFormat.PNG,
          RasterFormat.JPEG,
          RasterFormat.TIFF,
          RasterFormat.BMP,
          new NiftiFormat(),
          new NpyFormat(),
          new NpzFormat());

  private static final String REMEDY =
      "Sinter reads DICOM, PNG, JPEG, BMP, TIFF, NIfTI, ANALYZE and NumPy files. Convert or remove"
          + " it.";

  private SourceFormats() {}

  /** All formats, in the order in which they are asked. */
  static List<SourceFormat> formats() {
    return FORMATS;
  }

  /**
   * Decodes an image or volume.
   *
   * @throws dev.sinter.error.SinterException {@code IMAGE_FORMAT_UNKNOWN}, or the code of its
   *     reader
   */
  public static RawSource read(SourceFile file) throws IOException {
    SourceFile start = startOf(file);
    return formatOf(start).read(start);
  }

  /** Decodes an image or volume of labels: a coloured palette gives its indices. */
  public static RawSource readMask(SourceFile file) throws IOException {
    SourceFile start = startOf(file);
    return formatOf(start).readMask(start);
  }

  /**
   * Decodes an image or volume that stands alone.
   *
   * @param path shown in errors
   * @param content the whole file
   */
  public static RawSource read(String path, byte[] content) {
    try {
      return read(SourceFile.of(path, content));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Decodes an image or volume of labels that stands alone. */
  public static RawSource readMask(String path, byte[] content) {
    try {
      return readMask(SourceFile.of(path, content));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Opens a file of arrays, whatever their shapes.
   *
   * @return empty when the file is none ({@code .npy}, {@code .npz})
   * @throws dev.sinter.error.SinterException {@code NPY_INVALID} and other codes of its reader
   */
  public static Optional<ContainerSource> container(SourceFile file) throws IOException {
    byte[] content = file.content();
    if (NpyHeader.looksLike(content)) {
      return Optional.of(NpyFormat.container(file.path(), file.name(), content));
    }
    return new NpzFormat().matches(content)
        ? Optional.of(NpzFormat.container(file.path(), content))
        : Optional.empty();
  }

  /** Voxels alone may look like anything: an {@code .img} is read by the header beside it. */
  private static SourceFile startOf(SourceFile file) throws IOException {
    Optional<SourceFile> header = NiftiFormat.headerOf(file);
    return header.orElse(file);
  }

  private static SourceFormat formatOf(SourceFile file) throws IOException {
    byte[] content = file.content();
    for (SourceFormat format : FORMATS) {
      if (format.matches(content)) {
        return format;
      }
    }
    throw unknown(file.path(), content);
  }

  private static SinterException unknown(String path, byte[] content) {
    Optional<String> foreign = ForeignFormats.nameOf(content);
    if (foreign.isPresent()) {
      return SourceErrors.data(
          "IMAGE_FORMAT_UNSUPPORTED", path + ": " + foreign.get() + " is not read", REMEDY);
    }
    StringBuilder first = new StringBuilder();
    for (int i = 0; i < Math.min(8, content.length); i++) {
      first.append(String.format(Locale.ROOT, "%s%02x", i == 0 ? "" : " ", content[i] & 0xff));
    }
    return SourceErrors.data(
        "IMAGE_FORMAT_UNKNOWN",
        path
            + (content.length == 0
                ? ": the file is empty"
                : ": no known image format begins with " + first),
        REMEDY);
  }
}
