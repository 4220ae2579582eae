package dev.sinter.dataset.source;

import java.util.OptionalInt;
import java.util.stream.IntStream;

/**
 * NIfTI's datatypes.
 *
 * @param code the header's {@code datatype}
 * @param type of one value
 * @param channels values per voxel
 */
record NiftiType(int code, VoxelType type, int channels) {

  static NiftiType ofCode(String path, int code) {
    NiftiType type = find(code);
    if (type == null) {
      throw SourceErrors.data(
          "NIFTI_TYPE_UNSUPPORTED",
          path + ": voxels of datatype " + code + nameOf(code) + " are not read",
          "Save the volume as integers of 8 to 64 bit, float32, float64 or RGB24.");
    }
    return type;
  }

  /** Bits per voxel of a datatype that ANALYZE knows as well, or -1. */
  static int bits(int code) {
    NiftiType type = find(code);
    return type == null ? -1 : 8 * type.bytes();
  }

  /** The code for values; empty where NIfTI has none. */
  static OptionalInt codeOf(VoxelType type, int channels) {
    return IntStream.of(2, 4, 8, 16, 64, 128, 256, 512, 768, 1024, 1280, 2304)
        .filter(code -> find(code).type() == type && find(code).channels() == channels)
        .findFirst();
  }

  private static NiftiType find(int code) {
    VoxelType type =
        switch (code) {
          case 2, 128, 2304 -> VoxelType.UINT8;
          case 4 -> VoxelType.INT16;
          case 8 -> VoxelType.INT32;
          case 16 -> VoxelType.FLOAT32;
          case 32 -> VoxelType.COMPLEX64;
          case 64 -> VoxelType.FLOAT64;
          case 256 -> VoxelType.INT8;
          case 512 -> VoxelType.UINT16;
          case 768 -> VoxelType.UINT32;
          case 1024 -> VoxelType.INT64;
          case 1280 -> VoxelType.UINT64;
          case 1792 -> VoxelType.COMPLEX128;
          default -> null;
        };
    int channels = code == 128 ? 3 : code == 2304 ? 4 : 1;
    return type == null ? null : new NiftiType(code, type, channels);
  }

  private static String nameOf(int code) {
    return switch (code) {
      case 1 -> " (1 bit)";
      case 1536 -> " (float128)";
      case 2048 -> " (complex256)";
      default -> "";
    };
  }

  /** Bytes per voxel. */
  int bytes() {
    return channels * type.bytes();
  }
}
