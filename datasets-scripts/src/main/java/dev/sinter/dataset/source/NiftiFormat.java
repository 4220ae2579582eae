package dev.sinter.dataset.source;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;

/** NIfTI-1 and NIfTI-2 in one file, plain or gzip. */
final class NiftiFormat implements SourceFormat {
  /** Deflate cannot do better than 1032 : 1, so a larger claim is a broken or hostile header. */
  private static final int LARGEST_RATIO = 1100;

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
  public RawVolume read(String path, byte[] content) {
    try {
      NiftiHeader header = NiftiHeader.parse(path, head(content));
      return new RawVolume(header, voxels(path, header, content));
    } catch (IOException e) {
      throw truncated(path, "the compressed data is damaged: " + e.getMessage());
    }
  }

  private static byte[] voxels(String path, NiftiHeader header, byte[] content) throws IOException {
    long bytes;
    try {
      bytes = Math.multiplyExact(header.voxels(), (long) header.type().bytes());
    } catch (ArithmeticException e) {
      bytes = Long.MAX_VALUE;
    }
    long available =
        isGzip(content) ? (long) content.length * LARGEST_RATIO : (long) content.length;
    if (bytes > available - header.voxelOffset()) {
      throw truncated(
          path,
          "dimensions "
              + Arrays.toString(header.dimensions())
              + " need "
              + bytes
              + " bytes of voxels, the file has "
              + content.length
              + (isGzip(content) ? " compressed" : "")
              + " bytes");
    }
    if (bytes > Integer.MAX_VALUE - 16) {
      throw SourceErrors.data(
          "NIFTI_TOO_LARGE",
          path + ": " + bytes + " bytes of voxels; at most 2 GiB are read",
          "Cut the volume into smaller ones.");
    }
    byte[] stored;
    if (isGzip(content)) {
      try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(content), 1 << 16)) {
        in.skipNBytes(header.voxelOffset());
        stored = in.readNBytes((int) bytes);
        // Reading on to the end makes the stream compare its checksum.
        in.transferTo(java.io.OutputStream.nullOutputStream());
      }
    } else {
      int start = (int) header.voxelOffset();
      stored = Arrays.copyOfRange(content, start, start + (int) bytes);
    }
    if (stored.length != bytes) {
      throw truncated(path, stored.length + " of " + bytes + " bytes of voxels are there");
    }
    if (!header.littleEndian()) {
      swap(stored, header.type().bytes());
    }
    return stored;
  }

  private static void swap(byte[] stored, int width) {
    for (int start = 0; start < stored.length; start += width) {
      for (int low = start, high = start + width - 1; low < high; low++, high--) {
        byte kept = stored[low];
        stored[low] = stored[high];
        stored[high] = kept;
      }
    }
  }

  private static dev.sinter.error.SinterException truncated(String path, String reason) {
    return SourceErrors.data(
        "NIFTI_TRUNCATED",
        path + ": " + reason,
        "Copy the file again from its origin or remove it.");
  }
}
