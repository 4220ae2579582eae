package dev.sinter.dataset.source.dicom;

import dev.sinter.dataset.source.VoxelType;

/**
 * Unpacked pixels: whole words as stored, whatever their unused bits hold.
 *
 * @param format of the data set
 * @param photometric what the samples mean after decompression, which undoes the transforms of JPEG
 *     2000
 * @param values (frames, rows, columns, samples), least significant byte first
 */
record StoredPixels(PixelFormat format, Photometric photometric, byte[] values) {

  VoxelType type() {
    boolean signed = format.signed();
    return switch (format.bitsAllocated()) {
      case 1 -> VoxelType.UINT8;
      case 8 -> signed ? VoxelType.INT8 : VoxelType.UINT8;
      case 16 -> signed ? VoxelType.INT16 : VoxelType.UINT16;
      case 32 ->
          format.floating() ? VoxelType.FLOAT32 : signed ? VoxelType.INT32 : VoxelType.UINT32;
      default -> VoxelType.FLOAT64;
    };
  }
}
