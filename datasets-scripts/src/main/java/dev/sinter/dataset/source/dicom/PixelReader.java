package dev.sinter.dataset.source.dicom;

import dev.sinter.dataset.source.dicom.TransferSyntax.Pixels;
import java.util.Optional;
import java.util.stream.Stream;

/** Finds the pixels of a file and unpacks them. */
final class PixelReader {
  private PixelReader() {}

  static StoredPixels read(DicomFile file) {
    Element pixels = pixels(file).orElseThrow(() -> FileKind.of(file).withoutPixels());
    PixelFormat format = PixelFormat.of(file.data());
    Pixels compression = file.syntax().pixels();
    switch (compression) {
      case VIDEO, HIGH_THROUGHPUT_JPEG_2000, REFERENCED, UNKNOWN ->
          throw file.syntax().unsupported();
      default -> {}
    }
    if (pixels.isUndefinedLength() == compression.isNative()) {
      throw DicomErrors.invalid(
          "the pixels are "
              + (pixels.isUndefinedLength() ? "" : "not ")
              + "encapsulated, transfer syntax "
              + file.syntax().uid()
              + " ("
              + file.syntax().title()
              + ") says otherwise");
    }
    if (!compression.isNative()) {
      return EncapsulatedPixels.read(file, pixels, format);
    }
    boolean swapped = compression == Pixels.NATIVE_SWAPPED || pixels.encoding().isBigEndian();
    byte[] values =
        NativePixels.read(
            file.data().content(),
            pixels.offset(),
            pixels.length(),
            format,
            swapped,
            pixels.effectiveVr() == Vr.OW);
    return new StoredPixels(format, format.photometric(), values);
  }

  static Optional<Element> pixels(DicomFile file) {
    return Stream.of(Tags.PIXELS, Tags.FLOAT_PIXELS, Tags.DOUBLE_PIXELS)
        .flatMap(tag -> file.data().find(tag).stream())
        .findFirst();
  }
}
