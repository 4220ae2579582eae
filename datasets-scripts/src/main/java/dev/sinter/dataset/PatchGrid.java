package dev.sinter.dataset;

import java.util.ArrayList;
import java.util.List;

/**
 * Where the patches of a volume lie: evenly along each axis, from one end to the other. Every voxel
 * is owned by one patch, the one whose centre is nearest along each axis: where predictions
 * overlap, the owner's counts.
 *
 * @param extents {@code [depth, height, width]} of the volume, at least those of a patch
 * @param size {@code [depth, height, width]} of a patch
 * @param overlap share of a patch that at least lies in the next one too
 */
public record PatchGrid(List<Integer> extents, List<Integer> size, double overlap) {

  /** Copies the lists. */
  public PatchGrid {
    extents = List.copyOf(extents);
    size = List.copyOf(size);
  }

  static PatchGrid of(int[] extents, Preparation preparation) {
    return new PatchGrid(
        List.of(
            Math.max(extents[0], preparation.depth()),
            Math.max(extents[1], preparation.height()),
            Math.max(extents[2], preparation.width())),
        List.of(preparation.depth(), preparation.height(), preparation.width()),
        preparation.overlap());
  }

  /** The grid that a patch belongs to. */
  public static PatchGrid of(Sample patch, double overlap) {
    return new PatchGrid(
        patch.extents(), List.of(patch.depth(), patch.height(), patch.width()), overlap);
  }

  /** First voxels {@code [slice, row, column]} of all patches, in order. */
  public List<List<Integer>> origins() {
    List<List<Integer>> origins = new ArrayList<>();
    for (int z : starts(0)) {
      for (int y : starts(1)) {
        for (int x : starts(2)) {
          origins.add(List.of(z, y, x));
        }
      }
    }
    return origins;
  }

  int count() {
    return starts(0).length * starts(1).length * starts(2).length;
  }

  private int[] starts(int axis) {
    int room = extents.get(axis) - size.get(axis);
    // 40 * (1 - 0.8) is a little less than 8
    int stride = (int) Math.max(1, Math.floor(size.get(axis) * (1 - overlap) + 1e-9));
    int count = (room + stride - 1) / stride + 1;
    int[] starts = new int[count];
    for (int i = 1; i < count; i++) {
      starts[i] = (int) ((long) i * room / (count - 1));
    }
    return starts;
  }

  /**
   * The voxels along an axis that a patch owns.
   *
   * @param start its first voxel there
   * @return first voxel and one past the last
   */
  public int[] owned(int axis, int start) {
    int[] starts = starts(axis);
    int at = java.util.Arrays.binarySearch(starts, start);
    if (at < 0) {
      throw new IllegalArgumentException("no patch begins at " + start + " along axis " + axis);
    }
    int extent = size.get(axis);
    return new int[] {
      at == 0 ? 0 : (starts[at - 1] + starts[at] + extent) / 2,
      at == starts.length - 1 ? extents.get(axis) : (starts[at] + starts[at + 1] + extent) / 2
    };
  }
}
