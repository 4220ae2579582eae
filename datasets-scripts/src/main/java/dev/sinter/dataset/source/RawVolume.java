package dev.sinter.dataset.source;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A decoded volume: voxels in file order (x fastest), not re-oriented.
 *
 * @param header dimensions, scaling and geometry
 * @param stored stored voxels, little-endian whatever the file's byte order
 */
public record RawVolume(NiftiHeader header, byte[] stored) implements RawSource {

  @Override
  public String format() {
    return "nifti-" + header.version();
  }

  /** Extent along x, y or z; 1 beyond the stored axes. */
  public int extent(int axis) {
    return axis < header.dimensions().length ? header.dimensions()[axis] : 1;
  }

  /** Voxel spacing along x, y or z in mm; 1 when the header gives none. */
  public float spacing(int axis) {
    double[] all = header.spacing();
    return axis < all.length && all[axis] > 0 ? (float) all[axis] : 1f;
  }

  /** Whether there is at most one volume in the file: no time points, no vector components. */
  public boolean isThreeDimensional() {
    return header.voxels() == (long) extent(0) * extent(1) * extent(2);
  }

  /** Whether values differ from what is stored. */
  public boolean isScaled() {
    return header.slope() != 1 || header.intercept() != 0;
  }

  /** Number of voxels. */
  public int size() {
    return stored.length / header.type().bytes();
  }

  /** All values after slope and intercept, x fastest. */
  public float[] values() {
    ByteBuffer buffer = ByteBuffer.wrap(stored).order(ByteOrder.LITTLE_ENDIAN);
    float[] values = new float[size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (header.type().value(buffer, i) * header.slope() + header.intercept());
    }
    return values;
  }

  /** One value in double precision, without slope and intercept. */
  public double storedValue(int index) {
    return header.type().value(ByteBuffer.wrap(stored).order(ByteOrder.LITTLE_ENDIAN), index);
  }
}
