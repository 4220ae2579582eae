package dev.sinter.dataset.source;

import dev.sinter.error.SinterException;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.zip.GZIPInputStream;

/** NIfTI-1, NIfTI-2 and ANALYZE 7.5: one file or a pair, plain or gzip. */
final class NiftiFormat implements SourceFormat {
  /** Deflate cannot do better than 1032 : 1, so a larger claim is a broken or hostile header. */
  private static final int LARGEST_RATIO = 1100;

  /** What follows the voxels is read for the sake of gzip's checksum, up to this many bytes. */
  private static final long MOST_TRAILING_BYTES = 16L << 20;

  @Override
  public boolean matches(byte[] content) {
    try {
      return NiftiHeader.looksLike(head(content));
    } catch (IOException e) {
      return false;
    }
  }

  private static boolean isGzip(byte[] content) {
    return content.length > 2 && (content[0] & 0xff) == 0x1f && (content[1] & 0xff) == 0x8b;
  }

  private static byte[] head(byte[] content) throws IOException {
    if (!isGzip(content)) {
      return Arrays.copyOf(content, Math.min(content.length, NiftiHeader.BYTES_2));
    }
    byte[] head = new byte[NiftiHeader.BYTES_2];
    int length = 0;
    try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(content))) {
      for (int read = 0; read >= 0 && length < head.length; length += Math.max(0, read)) {
        read = in.read(head, length, head.length - length);
      }
    } catch (EOFException e) {
      // A cut file still shows by its first bytes what it was; reading its voxels tells the rest.
      return Arrays.copyOf(head, length);
    }
    return Arrays.copyOf(head, length);
  }

  @Override
  public RawVolume read(SourceFile file) throws IOException {
    byte[] content = file.content();
    NiftiHeader header;
    try {
      header = NiftiHeader.parse(file.path(), head(content));
    } catch (IOException e) {
      throw damaged(file.path(), e);
    }
    if (!header.pair()) {
      return volume(file.path(), header, content);
    }
    SourceFile image =
        sibling(file, ".hdr", ".img")
            .orElseThrow(
                () ->
                    SourceErrors.data(
                        "NIFTI_IMAGE_MISSING",
                        file.path() + ": its voxels lie in an .img file, which is not beside it",
                        "Put the .img file into the same folder, or remove the header."));
    return volume(image.path(), header, image.content());
  }

  /**
   * The header of an {@code .img} file, which has none of its own.
   *
   * @return empty when the file is none or stands alone
   */
  static Optional<SourceFile> headerOf(SourceFile file) throws IOException {
    Optional<SourceFile> header = sibling(file, ".img", ".hdr");
    if (header.isPresent()) {
      try {
        return NiftiHeader.looksLikePair(head(header.get().content())) ? header : Optional.empty();
      } catch (IOException e) {
        return Optional.empty();
      }
    }
    return header;
  }

  /** {@code a.hdr}, {@code a.hdr.gz} and {@code A.HDR} with the other ending, gzip or not. */
  private static Optional<SourceFile> sibling(SourceFile file, String ending, String other)
      throws IOException {
    String name = file.name();
    String lower = name.toLowerCase(Locale.ROOT);
    boolean zipped = lower.endsWith(".gz");
    String unzipped = zipped ? name.substring(0, name.length() - 3) : name;
    if (!unzipped.toLowerCase(Locale.ROOT).endsWith(ending)) {
      return Optional.empty();
    }
    String stem = unzipped.substring(0, unzipped.length() - ending.length());
    boolean upper = unzipped.endsWith(ending.toUpperCase(Locale.ROOT));
    String wanted = stem + (upper ? other.toUpperCase(Locale.ROOT) : other);
    for (String candidate :
        zipped ? List.of(wanted + ".gz", wanted) : List.of(wanted, wanted + ".gz")) {
      Optional<SourceFile> found = file.sibling(candidate);
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }

  private static RawVolume volume(String path, NiftiHeader header, byte[] content) {
    try {
      return new RawVolume(
          header.format(),
          header.dimensions(),
          header.type().channels(),
          header.type().type(),
          header.scaling(),
          header.geometry(),
          voxels(path, header, content),
          header.orientationStated() ? List.of() : List.of(SourceNotes.ORIENTATION_ASSUMED));
    } catch (IOException e) {
      throw damaged(path, e);
    }
  }

  private static byte[] voxels(String path, NiftiHeader header, byte[] content) throws IOException {
    long bytes;
    try {
      bytes = Math.multiplyExact(header.voxels(), (long) header.type().bytes());
    } catch (ArithmeticException e) {
      bytes = Long.MAX_VALUE;
    }
    boolean zipped = isGzip(content);
    long available = zipped ? (long) content.length * LARGEST_RATIO : (long) content.length;
    if (bytes > available - header.voxelOffset()) {
      throw truncated(
          path,
          "dimensions "
              + Arrays.toString(header.dimensions())
              + " need "
              + bytes
              + " bytes of voxels, the file has "
              + content.length
              + (zipped ? " compressed" : "")
              + " bytes");
    }
    if (bytes > Integer.MAX_VALUE - 16) {
      throw SourceErrors.data(
          "NIFTI_TOO_LARGE",
          path + ": " + bytes + " bytes of voxels; at most 2 GiB are read",
          "Cut the volume into smaller ones.");
    }
    int start = (int) header.voxelOffset();
    byte[] stored =
        zipped
            ? inflated(content, header.voxelOffset(), (int) bytes)
            : Arrays.copyOfRange(content, start, start + (int) bytes);
    if (stored.length != bytes) {
      throw truncated(path, stored.length + " of " + bytes + " bytes of voxels are there");
    }
    if (!header.littleEndian()) {
      VoxelType type = header.type().type();
      StoredValues.swap(stored, type.isReal() ? type.bytes() : type.bytes() / 2);
    }
    return stored;
  }

  private static byte[] inflated(byte[] content, long offset, int bytes) throws IOException {
    try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(content), 1 << 16)) {
      in.skipNBytes(offset);
      byte[] stored = in.readNBytes(bytes);
      // Reading on to the end makes the stream compare its checksum.
      byte[] buffer = new byte[1 << 16];
      long trailing = 0;
      for (int read = 0; read >= 0 && trailing < MOST_TRAILING_BYTES; trailing += read) {
        read = in.read(buffer);
      }
      return stored;
    }
  }

  private static SinterException damaged(String path, IOException e) {
    return truncated(path, "the compressed data is damaged: " + e.getMessage());
  }

  private static SinterException truncated(String path, String reason) {
    return SourceErrors.data(
        "NIFTI_TRUNCATED",
        path + ": " + reason,
        "Copy the file again from its origin or remove it.");
  }
}
