package dev.sinter.dataset.source;

import dev.sinter.error.SinterException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.GZIPOutputStream;

/** Writes label volumes and probabilities with the geometry of the volume that they belong to. */
public final class NiftiWriter {
  private static final int ALIGNED = 2;
  private static final int MILLIMETRES = 2;
  private static final short FLOAT32 = 16;

  private NiftiWriter() {}

  /**
   * Writes labels as {@code .nii.gz}: unsigned 8 bit, no scaling, the source's spacing and affine
   * as sform, and as qform too where axes are orthogonal. NIfTI-2 only where an extent needs it.
   *
   * @param labels one per voxel of the first three axes, x fastest
   */
  public static void writeLabels(OutputStream out, RawVolume source, byte[] labels)
      throws IOException {
    long expected = (long) source.extent(0) * source.extent(1) * source.extent(2);
    if (labels.length != expected) {
      throw new IllegalArgumentException(labels.length + " labels for " + expected + " voxels");
    }
    boolean wide = isWide(source);
    write(out, wide ? second(source) : first(source), labels);
  }

  /**
   * Writes several values per voxel as {@code .nii.gz}: float32, a fourth axis counts them.
   *
   * @param volumes little-endian float32, one per voxel of the first three axes, x fastest
   */
  public static void writeFloats(OutputStream out, RawVolume source, byte[][] volumes)
      throws IOException {
    boolean wide = isWide(source);
    ByteBuffer header = wide ? second(source) : first(source);
    if (wide) {
      header.putShort(12, FLOAT32).putShort(14, (short) 32);
      header.putLong(16, 4).putLong(48, volumes.length).putDouble(136, 1);
    } else {
      header.putShort(70, FLOAT32).putShort(72, (short) 32);
      header.putShort(40, (short) 4).putShort(48, (short) volumes.length).putFloat(92, 1);
    }
    write(out, header, volumes);
  }

  /**
   * Writes a volume as {@code .nii.gz}: its stored values, with slope and intercept.
   *
   * @throws dev.sinter.error.SinterException {@code NIFTI_TYPE_UNSUPPORTED}
   */
  public static void writeVolume(OutputStream out, RawVolume source) throws IOException {
    boolean wide = isWide(source);
    short code =
        (short)
            NiftiType.codeOf(source.type(), source.channels())
                .orElseThrow(() -> withoutType(source));
    short bits = (short) (8 * source.type().bytes() * source.channels());
    Scaling scaling = source.scaling();
    ByteBuffer header = wide ? second(source) : first(source);
    if (wide) {
      header.putShort(12, code).putShort(14, bits);
      header.putDouble(176, scaling.slope()).putDouble(184, scaling.intercept());
    } else {
      header.putShort(70, code).putShort(72, bits);
      header.putFloat(112, (float) scaling.slope()).putFloat(116, (float) scaling.intercept());
    }
    write(out, header, source.stored());
  }

  private static SinterException withoutType(RawVolume source) {
    return SourceErrors.data(
        "NIFTI_TYPE_UNSUPPORTED",
        "NIfTI has no datatype for " + source.channels() + " values of " + source.type().key(),
        "Convert the colours to 8 bit.");
  }

  private static boolean isWide(RawVolume source) {
    boolean wide = false;
    for (int axis = 0; axis < 3; axis++) {
      wide |= source.extent(axis) > Short.MAX_VALUE;
    }
    return wide;
  }

  private static void write(OutputStream out, ByteBuffer header, byte[]... volumes)
      throws IOException {
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      byte[] bytes = new byte[header.capacity()];
      header.get(0, bytes);
      gzip.write(bytes);
      for (byte[] volume : volumes) {
        gzip.write(volume);
      }
    }
  }

  private static ByteBuffer first(RawVolume source) {
    ByteBuffer b =
        ByteBuffer.allocate(NiftiHeader.BYTES_1 + 4)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putInt(0, NiftiHeader.BYTES_1)
            .putShort(40, (short) 3)
            .putShort(70, (short) 2)
            .putShort(72, (short) 8)
            .putFloat(108, NiftiHeader.BYTES_1 + 4)
            .putFloat(112, 1)
            .put(123, (byte) MILLIMETRES)
            .put(344, new byte[] {'n', '+', '1', 0});
    for (int axis = 0; axis < 7; axis++) {
      b.putShort(42 + 2 * axis, (short) (axis < 3 ? source.extent(axis) : 1));
      b.putFloat(80 + 4 * axis, axis < 3 ? source.spacing(axis) : 0);
    }
    b.putFloat(76, 1);
    double[] affine = source.geometry().affine();
    if (affine.length == 0) {
      return b;
    }
    b.putShort(254, (short) ALIGNED);
    for (int i = 0; i < 12; i++) {
      b.putFloat(280 + 4 * i, (float) affine[i]);
    }
    Quaternion.of(source)
        .ifPresent(
            q -> {
              b.putShort(252, (short) ALIGNED).putFloat(76, (float) q.handedness());
              b.putFloat(256, (float) q.b()).putFloat(260, (float) q.c());
              b.putFloat(264, (float) q.d());
              for (int row = 0; row < 3; row++) {
                b.putFloat(268 + 4 * row, (float) affine[4 * row + 3]);
              }
            });
    return b;
  }

  private static ByteBuffer second(RawVolume source) {
    ByteBuffer b =
        ByteBuffer.allocate(NiftiHeader.BYTES_2 + 4)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putInt(0, NiftiHeader.BYTES_2)
            .put(4, new byte[] {'n', '+', '2', 0, '\r', '\n', 0x1a, '\n'})
            .putShort(12, (short) 2)
            .putShort(14, (short) 8)
            .putLong(16, 3)
            .putLong(168, NiftiHeader.BYTES_2 + 4)
            .putDouble(176, 1)
            .putInt(500, MILLIMETRES);
    for (int axis = 0; axis < 7; axis++) {
      b.putLong(24 + 8 * axis, axis < 3 ? source.extent(axis) : 1);
      b.putDouble(112 + 8 * axis, axis < 3 ? source.spacing(axis) : 0);
    }
    b.putDouble(104, 1);
    double[] affine = source.geometry().affine();
    if (affine.length == 0) {
      return b;
    }
    b.putInt(348, ALIGNED);
    for (int i = 0; i < 12; i++) {
      b.putDouble(400 + 8 * i, affine[i]);
    }
    Quaternion.of(source)
        .ifPresent(
            q -> {
              b.putInt(344, ALIGNED).putDouble(104, q.handedness());
              b.putDouble(352, q.b()).putDouble(360, q.c()).putDouble(368, q.d());
              for (int row = 0; row < 3; row++) {
                b.putDouble(376 + 8 * row, affine[4 * row + 3]);
              }
            });
    return b;
  }
}
