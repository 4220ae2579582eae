package dev.sinter.dataset.source;

import dev.sinter.error.SinterException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * The facts of a NIfTI-1, NIfTI-2 or ANALYZE 7.5 header (nifti1.h, nifti2.h, dbh.h).
 *
 * @param format {@code nifti-1}, {@code nifti-2} or {@code analyze}
 * @param pair whether the voxels lie in another file
 * @param littleEndian byte order of header and voxels
 * @param dimensions extent of each stored axis, x first, 1 to 7 of them
 * @param type type of the stored voxels
 * @param voxelOffset first byte of the voxels
 * @param scaling none where the slope is 0, NaN or infinite
 * @param geometry from sform, else qform
 */
record NiftiHeader(
    String format,
    boolean pair,
    boolean littleEndian,
    int[] dimensions,
    NiftiType type,
    long voxelOffset,
    Scaling scaling,
    Geometry geometry,
    boolean orientationStated) {
  static final int BYTES_1 = 348;
  static final int BYTES_2 = 540;

  /** Number of voxels. */
  long voxels() {
    return Arrays.stream(dimensions).asLongStream().reduce(1, Math::multiplyExact);
  }

  /** The three layouts of a header. */
  private enum Version {
    NONE,
    NIFTI_1,
    NIFTI_2,
    ANALYZE;

    String format() {
      return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }

    int bytes() {
      return this == NIFTI_2 ? BYTES_2 : BYTES_1;
    }
  }

  /** Whether a file begins like NIfTI (its magic) or ANALYZE (size, axes and type fit). */
  static boolean looksLike(byte[] head) {
    return versionOf(head) != Version.NONE;
  }

  /** Whether a file begins like a header whose voxels lie in an {@code .img} beside it. */
  static boolean looksLikePair(byte[] head) {
    return switch (versionOf(head)) {
      case NONE -> false;
      case NIFTI_1 -> head[345] == 'i';
      case NIFTI_2 -> head[5] == 'i';
      case ANALYZE -> true;
    };
  }

  private static Version versionOf(byte[] head) {
    if (head.length >= BYTES_1 && magic(head, 344, '1')) {
      return Version.NIFTI_1;
    }
    if (head.length >= BYTES_2 && magic(head, 4, '2')) {
      return Version.NIFTI_2;
    }
    return head.length >= BYTES_1 && looksLikeAnalyze(head) ? Version.ANALYZE : Version.NONE;
  }

  private static boolean magic(byte[] head, int at, char version) {
    return head[at] == 'n'
        && (head[at + 1] == '+' || head[at + 1] == 'i')
        && head[at + 2] == version
        && head[at + 3] == 0;
  }

  /** ANALYZE has no magic: its fields must agree with each other. */
  private static boolean looksLikeAnalyze(byte[] head) {
    ByteBuffer b = ByteBuffer.wrap(head);
    for (ByteOrder order : new ByteOrder[] {ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN}) {
      b.order(order);
      int axes = b.getShort(40);
      if (b.getInt(0) == BYTES_1 && axes >= 1 && axes <= 7) {
        int bits = b.getShort(72);
        int expected = NiftiType.bits(b.getShort(70));
        return expected > 0 && (bits == expected || bits == 0) && b.getShort(42) > 0;
      }
    }
    return false;
  }

  static NiftiHeader parse(String path, byte[] head) {
    Version version = versionOf(head);
    boolean second = version == Version.NIFTI_2;
    int size = version.bytes();
    ByteBuffer b = ByteBuffer.wrap(Arrays.copyOf(head, size));
    boolean little = b.order(ByteOrder.LITTLE_ENDIAN).getInt(0) == size;
    if (!little && b.order(ByteOrder.BIG_ENDIAN).getInt(0) != size) {
      throw damaged(path, "sizeof_hdr is " + b.getInt(0) + " in neither byte order " + size);
    }
    boolean pair = looksLikePair(head);
    int[] dimensions = dimensions(path, b, second);
    int code = b.getShort(second ? 12 : 70);
    NiftiType type = NiftiType.ofCode(path, code);
    Scaling scaling =
        switch (version) {
          // SPM's ANALYZE files have their slope where NIfTI has it; the intercept came later.
          case ANALYZE -> scaling(path, b.getFloat(112), 0);
          case NIFTI_2 -> scaling(path, b.getDouble(176), b.getDouble(184));
          default -> scaling(path, b.getFloat(112), b.getFloat(116));
        };
    NiftiGeometry geometry = NiftiGeometry.read(b, second, version != Version.ANALYZE, dimensions);
    return new NiftiHeader(
        version.format(),
        pair,
        little,
        dimensions,
        type,
        offset(path, second ? b.getLong(168) : b.getFloat(108), size, pair),
        type.channels() == 1 ? scaling : Scaling.NONE,
        geometry.geometry(),
        geometry.stated());
  }

  private static int[] dimensions(String path, ByteBuffer b, boolean second) {
    long axes = second ? b.getLong(16) : b.getShort(40);
    if (axes < 1 || axes > 7) {
      throw damaged(path, "dim[0] is " + axes + ", 1 to 7 are allowed");
    }
    int[] dimensions = new int[(int) axes];
    for (int i = 0; i < axes; i++) {
      long extent = second ? b.getLong(24 + 8 * i) : b.getShort(42 + 2 * i);
      if (i == 0 && extent == -1 && !second && b.getShort(44) == 1) {
        extent = b.getInt(144); // FreeSurfer: more than 32767 vertices are counted in glmin
      }
      if (extent < 1 || extent > Integer.MAX_VALUE) {
        throw damaged(path, "dim[" + (i + 1) + "] is " + extent);
      }
      dimensions[i] = (int) extent;
    }
    return dimensions;
  }

  private static long offset(String path, double offset, int size, boolean pair) {
    if (pair) {
      if (!(offset >= 0) || offset > 1L << 40) {
        throw damaged(path, "vox_offset is " + offset);
      }
      return (long) offset;
    }
    if (offset == 0) {
      return size + 4L; // written by some tools: directly behind the header and its flag
    }
    if (!(offset >= size) || offset > 1L << 40) {
      throw damaged(path, "vox_offset is " + offset);
    }
    return (long) offset;
  }

  private static Scaling scaling(String path, double slope, double intercept) {
    if (slope == 0 || !Double.isFinite(slope)) {
      return Scaling.NONE;
    }
    if (!Double.isFinite(intercept)) {
      throw damaged(path, "scl_slope is " + slope + ", scl_inter is " + intercept);
    }
    return new Scaling(slope, intercept);
  }

  private static SinterException damaged(String path, String reason) {
    return SourceErrors.data(
        "NIFTI_HEADER_INVALID",
        path + ": " + reason,
        "Replace the file from its origin or remove it.");
  }
}
