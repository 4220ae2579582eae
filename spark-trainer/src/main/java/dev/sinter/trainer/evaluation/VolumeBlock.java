package dev.sinter.trainer.evaluation;

import dev.sinter.dataset.PatchGrid;
import dev.sinter.dataset.Sample;

/**
 * A block of a volume and the voxels of it that count.
 *
 * @param origin first slice, row and column of the block within the volume
 * @param size slices, rows and columns of the block
 * @param from first slice, row and column that count
 * @param to one past the last ones
 */
public record VolumeBlock(int[] origin, int[] size, int[] from, int[] to) {

  /** A sample that is a whole volume. */
  public static VolumeBlock whole(Sample sample) {
    int[] size = {sample.depth(), sample.height(), sample.width()};
    return new VolumeBlock(new int[3], size, new int[3], size);
  }

  /** A patch, of which those voxels count that it owns. */
  public static VolumeBlock owned(Sample patch, PatchGrid patches) {
    int[] origin = new int[3];
    int[] from = new int[3];
    int[] to = new int[3];
    for (int axis = 0; axis < 3; axis++) {
      origin[axis] = patch.origin().get(axis);
      int[] owned = patches.owned(axis, origin[axis]);
      from[axis] = owned[0];
      to[axis] = owned[1];
    }
    return new VolumeBlock(
        origin, new int[] {patch.depth(), patch.height(), patch.width()}, from, to);
  }

  /** Copies the voxels that count and lie in a slice of the volume into that slice. */
  void copySlice(int slice, byte[] block, byte[] plane, int width) {
    for (int row = from[1]; row < to[1]; row++) {
      int at = ((slice - origin[0]) * size[1] + row - origin[1]) * size[2];
      System.arraycopy(
          block, at + from[2] - origin[2], plane, row * width + from[2], to[2] - from[2]);
    }
  }

  /** Voxels of a slice that count. */
  int area() {
    return (to[1] - from[1]) * (to[2] - from[2]);
  }
}
