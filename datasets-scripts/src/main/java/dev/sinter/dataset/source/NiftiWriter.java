package dev.sinter.dataset.source;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.zip.GZIPOutputStream;

/** Writes label volumes with the geometry of the volume that they belong to. */
public final class NiftiWriter {

  private NiftiWriter() {}

  /**
   * Writes labels as {@code .nii.gz}: the source's header with an unsigned 8-bit type and no
   * scaling; dimensions, pixdim, qform and sform are its own. Extensions are not copied.
   *
   * @param labels one per voxel of the first three axes, x fastest
   */
  public static void writeLabels(OutputStream out, NiftiHeader source, byte[] labels)
      throws IOException {
    ByteBuffer header = source.buffer();
    boolean first = source.version() == 1;
    int size = first ? NiftiHeader.BYTES_1 : NiftiHeader.BYTES_2;
    long expected = 1;
    for (int axis = 0; axis < 7; axis++) {
      int extent = axis < source.dimensions().length ? source.dimensions()[axis] : 1;
      expected *= axis < 3 ? extent : 1;
    }
    if (labels.length != expected) {
      throw new IllegalArgumentException(labels.length + " labels for " + expected + " voxels");
    }
    if (first) {
      header.putShort(40, (short) Math.min(3, source.dimensions().length));
      header.putShort(70, (short) NiftiType.UINT8.code()).putShort(72, (short) 8);
      header.putFloat(108, size + 4).putFloat(112, 1).putFloat(116, 0);
      header.putFloat(124, 0).putFloat(128, 0);
      for (int axis = 3; axis < 7; axis++) {
        header.putShort(42 + 2 * axis, (short) 1);
      }
    } else {
      header.putLong(16, Math.min(3, source.dimensions().length));
      header.putShort(12, (short) NiftiType.UINT8.code()).putShort(14, (short) 8);
      header.putLong(168, size + 4).putDouble(176, 1).putDouble(184, 0);
      header.putDouble(192, 0).putDouble(200, 0);
      for (int axis = 3; axis < 7; axis++) {
        header.putLong(24 + 8 * axis, 1);
      }
    }
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      byte[] bytes = new byte[size];
      header.get(0, bytes);
      gzip.write(bytes);
      gzip.write(new byte[4]);
      gzip.write(labels);
    }
  }
}
