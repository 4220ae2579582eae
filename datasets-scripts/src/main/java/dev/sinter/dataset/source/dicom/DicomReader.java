package dev.sinter.dataset.source.dicom;

import dev.sinter.dataset.source.RawSource;
import dev.sinter.error.SinterException;
import java.util.function.Supplier;

/** Reads DICOM files, PS3.10. Stateless; on the driver and on executors alike. */
public final class DicomReader {
  private DicomReader() {}

  /** Whether a file is DICOM, by its content. */
  public static boolean matches(byte[] content) {
    return DicomFile.matches(content);
  }

  /**
   * Decodes a whole file.
   *
   * @param path shown in errors
   * @throws SinterException with a code when the file cannot be read or has no pixels
   */
  public static DicomImage image(String path, byte[] content) {
    return at(
        path,
        () -> {
          DicomFile file = DicomFile.parse(content);
          StoredPixels pixels = PixelReader.read(file);
          return new DicomImage(file, DicomFacts.of(file, pixels.format()), pixels);
        });
  }

  /** Decodes a whole file to what is trained on. */
  public static RawSource source(String path, byte[] content) {
    DicomImage image = image(path, content);
    return at(path, image::source);
  }

  /** Decodes a whole file to its stored values. */
  public static RawSource storedSource(String path, byte[] content) {
    DicomImage image = image(path, content);
    return at(path, image::storedSource);
  }

  /**
   * What a file says of its picture, without decoding it.
   *
   * @throws SinterException with a code when the file cannot be read or has no pixels
   */
  public static DicomFacts facts(String path, byte[] content) {
    return at(
        path,
        () -> {
          DicomFile file = DicomFile.parse(content);
          if (PixelReader.pixels(file).isEmpty()) {
            throw FileKind.of(file).withoutPixels();
          }
          return DicomFacts.of(file, PixelFormat.of(file.data()));
        });
  }

  /** Runs a reader's part that does not know the path. */
  static <T> T at(String path, Supplier<T> part) {
    try {
      return part.get();
    } catch (SinterException e) {
      throw DicomErrors.at(path, e);
    }
  }
}
