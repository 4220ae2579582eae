package dev.sinter.dataset.source;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** Formats that are known by their first bytes and not read: a name says more than eight bytes. */
final class ForeignFormats {
  private static final int SEARCHED_BYTES = 1 << 16;

  private record Foreign(String magic, String name) {}

  private static final List<Foreign> KNOWN =
      List.of(
          new Foreign("\u0089HDF\r\n\u001a\n", "HDF5"),
          new Foreign("CDF\u0001", "NetCDF (MINC 1)"),
          new Foreign("CDF\u0002", "NetCDF (MINC 1)"),
          new Foreign("NRRD000", "NRRD"),
          new Foreign("ObjectType", "MetaImage"),
          new Foreign("GIF8", "GIF"),
          new Foreign("\u0000\u0000\u0000\u000cjP  ", "JPEG 2000"),
          new Foreign("\u00ffO\u00ffQ", "JPEG 2000"),
          new Foreign("8BPS", "Photoshop"),
          new Foreign("%PDF", "PDF"),
          new Foreign("PAR1", "Parquet"),
          new Foreign("SIMPLE  =", "FITS"),
          new Foreign("PK\u0003\u0004", "zip"),
          new Foreign("\u001f\u008b", "gzip of something that is no NIfTI"),
          new Foreign("BZh", "bzip2"),
          new Foreign("(\u00b5/\u00fd", "Zstandard"),
          new Foreign("P5\n", "PGM"),
          new Foreign("P6\n", "PPM"));

  private ForeignFormats() {}

  static Optional<String> nameOf(byte[] content) {
    String start =
        new String(
            content, 0, Math.min(content.length, SEARCHED_BYTES), StandardCharsets.ISO_8859_1);
    if (start.startsWith("RIFF") && start.startsWith("WEBP", 8)) {
      return Optional.of("WebP");
    }
    for (Foreign foreign : KNOWN) {
      if (start.startsWith(foreign.magic())) {
        boolean minc = foreign.name().equals("HDF5") && start.contains("minc-2.0");
        return Optional.of(minc ? "MINC 2 (HDF5)" : foreign.name());
      }
    }
    return Optional.empty();
  }
}
