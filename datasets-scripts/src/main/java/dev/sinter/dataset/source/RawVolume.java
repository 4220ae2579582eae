package dev.sinter.dataset.source;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;

/**
 * A decoded volume, whatever file it came from: voxels in file order, not re-oriented.
 *
 * @param format file format: {@code nifti-1}, {@code nifti-2}, {@code analyze}, {@code npy}, ...
 * @param dimensions extent of each stored axis, the fastest one (x, columns) first; at least 1
 * @param channels values per voxel, beside each other: 1, or 3 for red, green, blue
 * @param type of the stored values
 * @param scaling of stored values
 * @param geometry position of the voxels
 * @param stored little-endian whatever the file's byte order: channels fastest, then x, y, z, ...
 * @param notes what a reader of a report should know, such as a dropped alpha channel
 */
public record RawVolume(
    String format,
    int[] dimensions,
    int channels,
    VoxelType type,
    Scaling scaling,
    Geometry geometry,
    byte[] stored,
    List<String> notes)
    implements RawSource {

  /** Checks that the bytes match the shape. */
  public RawVolume {
    dimensions = dimensions.clone();
    notes = List.copyOf(notes);
    long expected = (long) channels * type.bytes();
    for (int extent : dimensions) {
      expected = Math.multiplyExact(expected, (long) extent);
    }
    if (expected != stored.length || dimensions.length == 0) {
      throw new IllegalArgumentException(
          stored.length + " bytes, " + Arrays.toString(dimensions) + " needs " + expected);
    }
  }

  /** Extent along x, y or z; 1 beyond the stored axes. */
  public int extent(int axis) {
    return axis < dimensions.length ? dimensions[axis] : 1;
  }

  /** Voxel spacing along x, y or z in mm; 1 when the file gives none. */
  public float spacing(int axis) {
    return geometry.spacing(axis);
  }

  /** Whether there is at most one volume in the file: no time points, no vector components. */
  public boolean isThreeDimensional() {
    return size() / channels == (long) extent(0) * extent(1) * extent(2);
  }

  /** Whether the file states where its voxels lie; else {@code geometry} assumes it. */
  public boolean isPlaced() {
    return geometry.affine().length > 0 && !notes.contains(SourceNotes.ORIENTATION_ASSUMED);
  }

  /** Whether values differ from what is stored. */
  public boolean isScaled() {
    return !scaling.isNone();
  }

  /** Number of stored values. */
  public int size() {
    return stored.length / type.bytes();
  }

  /** All values after slope and intercept, in the order of {@code stored}. */
  @Override
  public float[] values() {
    return StoredValues.floats(type, stored, scaling);
  }

  /** One value in double precision, without slope and intercept. */
  public double storedValue(int index) {
    return type.value(ByteBuffer.wrap(stored).order(ByteOrder.LITTLE_ENDIAN), index);
  }
}
