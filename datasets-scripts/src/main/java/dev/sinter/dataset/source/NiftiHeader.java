package dev.sinter.dataset.source;

import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * The facts of a NIfTI header, and its bytes so that a mask can be written with the same geometry.
 *
 * @param version 1 or 2
 * @param littleEndian byte order of header and voxels
 * @param dimensions extent of each stored axis, x first, 1 to 7 of them
 * @param type type of the stored voxels
 * @param voxelOffset first byte of the voxels
 * @param slope a value is {@code stored * slope + intercept}; 1 when the header gives none
 * @param intercept see {@code slope}
 * @param spacing pixdim of each axis, mm for the first three
 * @param bytes the header as stored: 348 (version 1) or 540 bytes
 */
public record NiftiHeader(
    int version,
    boolean littleEndian,
    int[] dimensions,
    NiftiType type,
    long voxelOffset,
    double slope,
    double intercept,
    double[] spacing,
    byte[] bytes)
    implements Serializable {
  static final int BYTES_1 = 348;
  static final int BYTES_2 = 540;

  /** Copies the arrays. */
  public NiftiHeader {
    dimensions = dimensions.clone();
    spacing = spacing.clone();
    bytes = bytes.clone();
  }

  /** Number of voxels. */
  public long voxels() {
    return Arrays.stream(dimensions).asLongStream().reduce(1, Math::multiplyExact);
  }

  /** The header's bytes in its own byte order. */
  ByteBuffer buffer() {
    return ByteBuffer.wrap(bytes.clone())
        .order(littleEndian ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
  }

  /** Whether a file begins like NIfTI: the size of the header in either byte order, and a magic. */
  static boolean looksLike(byte[] head) {
    return versionOf(head) != 0;
  }

  /** 1, 2, or 0 when it is neither. */
  private static int versionOf(byte[] head) {
    if (head.length >= BYTES_1 && sizeIs(head, BYTES_1) && head[344] == 'n' && head[346] == '1') {
      return head[345] == '+' || head[345] == 'i' ? 1 : 0;
    }
    if (head.length >= BYTES_2 && sizeIs(head, BYTES_2) && head[4] == 'n' && head[6] == '2') {
      return head[5] == '+' || head[5] == 'i' ? 2 : 0;
    }
    return 0;
  }

  private static boolean sizeIs(byte[] head, int size) {
    ByteBuffer buffer = ByteBuffer.wrap(head);
    return buffer.order(ByteOrder.LITTLE_ENDIAN).getInt(0) == size
        || buffer.order(ByteOrder.BIG_ENDIAN).getInt(0) == size;
  }

  static NiftiHeader parse(String path, byte[] head) {
    int version = versionOf(head);
    int size = version == 1 ? BYTES_1 : BYTES_2;
    byte[] bytes = Arrays.copyOf(head, size);
    boolean little = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt(0) == size;
    ByteBuffer b =
        ByteBuffer.wrap(bytes).order(little ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
    if ((version == 1 ? bytes[345] : bytes[5]) == 'i') {
      throw SourceErrors.data(
          "NIFTI_PAIR_UNSUPPORTED",
          path + ": header and voxels lie in two files (.hdr, .img)",
          "Save the volume as one .nii or .nii.gz file.");
    }
    long axes = version == 1 ? b.getShort(40) : b.getLong(16);
    if (axes < 1 || axes > 7) {
      throw damaged(path, "dim[0] is " + axes + ", 1 to 7 are allowed");
    }
    int[] dimensions = new int[(int) axes];
    double[] spacing = new double[(int) axes];
    for (int i = 0; i < axes; i++) {
      long extent = version == 1 ? b.getShort(42 + 2 * i) : b.getLong(24 + 8 * i);
      if (extent < 1 || extent > Integer.MAX_VALUE) {
        throw damaged(path, "dim[" + (i + 1) + "] is " + extent);
      }
      dimensions[i] = (int) extent;
      spacing[i] = Math.abs(version == 1 ? b.getFloat(80 + 4 * i) : b.getDouble(112 + 8 * i));
    }
    int code = b.getShort(version == 1 ? 70 : 12);
    NiftiType type =
        NiftiType.ofCode(code)
            .orElseThrow(
                () ->
                    SourceErrors.data(
                        "NIFTI_TYPE_UNSUPPORTED",
                        path + ": voxels of datatype " + code + " are not read",
                        "Save the volume as integers of 8 to 32 bit, float32 or float64."));
    double offset = version == 1 ? b.getFloat(108) : b.getLong(168);
    if (!(offset >= size) || offset > 1L << 40) {
      // Zero is written by some tools and means: directly behind the header and its flag.
      if (offset != 0) {
        throw damaged(path, "vox_offset is " + offset);
      }
      offset = size + 4;
    }
    double slope = version == 1 ? b.getFloat(112) : b.getDouble(176);
    double intercept = version == 1 ? b.getFloat(116) : b.getDouble(184);
    boolean scaled = slope != 0 && Double.isFinite(slope) && Double.isFinite(intercept);
    return new NiftiHeader(
        version,
        little,
        dimensions,
        type,
        (long) offset,
        scaled ? slope : 1,
        scaled ? intercept : 0,
        spacing,
        bytes);
  }

  private static dev.sinter.error.SinterException damaged(String path, String reason) {
    return SourceErrors.data(
        "NIFTI_HEADER_INVALID",
        path + ": " + reason,
        "Replace the file from its origin or remove it.");
  }
}
