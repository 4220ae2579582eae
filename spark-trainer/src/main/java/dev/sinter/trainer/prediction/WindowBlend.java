package dev.sinter.trainer.prediction;

import dev.sinter.dataset.PatchGrid;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The mean of what windows say of the voxels that they share, weighted by a Gaussian around each
 * window's centre: sigma is an eighth of the window along each axis, as nnU-Net and MONAI have it.
 *
 * <p>Weights are normalised beforehand (the grid is known, and both grid and Gaussian are products
 * of their axes), so that the weights of a voxel add up to 1. Terms are rounded to multiples of
 * 2<sup>-23</sup>: float32 adds those without a rounding error, hence the order of windows changes
 * nothing. A window that covers everything is taken as it is.
 *
 * <p>No more slices are held than a window is deep: those above the window that is added are handed
 * on.
 */
final class WindowBlend {
  private static final double SIGMA = 1.0 / 8;
  private static final float UNIT = 1 << 23;

  /** Takes slices that no further window reaches, in their order. */
  @FunctionalInterface
  interface SliceReceiver {
    /**
     * Takes a slice.
     *
     * @param probabilities (classes, height, width); used again for the next one
     */
    void accept(int slice, float[] probabilities);
  }

  private final PatchGrid grid;
  private final int classes;
  private final SliceReceiver receiver;
  private final boolean single;
  private final List<Map<Integer, float[]>> weights;
  private final int area;
  private final int slabDepth;

  /** (slices of the slab, classes, height, width), in units of {@link #UNIT} where several add. */
  private float[] sums = new float[0];

  private int firstSlice;

  WindowBlend(PatchGrid grid, int classes, SliceReceiver receiver) {
    this.grid = grid;
    this.classes = classes;
    this.receiver = receiver;
    List<List<Integer>> origins = grid.origins();
    this.single = origins.size() == 1;
    this.weights =
        single ? List.of() : List.of(weights(origins, 0), weights(origins, 1), weights(origins, 2));
    this.area = Math.multiplyExact(grid.extents().get(1), grid.extents().get(2));
    this.slabDepth = grid.size().get(0);
  }

  private Map<Integer, float[]> weights(List<List<Integer>> origins, int axis) {
    int size = grid.size().get(axis);
    double[] gaussian = new double[size];
    for (int i = 0; i < size; i++) {
      double distance = (i - (size - 1) / 2.0) / (SIGMA * size);
      gaussian[i] = Math.exp(-distance * distance / 2);
    }
    int[] starts = origins.stream().mapToInt(origin -> origin.get(axis)).distinct().toArray();
    double[] total = new double[grid.extents().get(axis)];
    for (int start : starts) {
      for (int i = 0; i < size; i++) {
        total[start + i] += gaussian[i];
      }
    }
    Map<Integer, float[]> byStart = new HashMap<>();
    for (int start : starts) {
      float[] shares = new float[size];
      for (int i = 0; i < size; i++) {
        shares[i] = (float) (gaussian[i] / total[start + i]);
      }
      byStart.put(start, shares);
    }
    return byStart;
  }

  /**
   * Adds a window. Those that begin at one slice may come in any order, and before all that begin
   * behind it.
   *
   * @param probabilities (..., classes, depth, height, width) of a window
   * @param offset where this window's begin
   */
  void add(List<Integer> origin, FloatBuffer probabilities, int offset) {
    if (sums.length == 0) { // many wait for their first window
      sums = new float[Math.multiplyExact(Math.multiplyExact(slabDepth, classes), area)];
    }
    handOnUpTo(origin.get(0));
    int at = offset;
    for (int c = 0; c < classes; c++) {
      for (int z = 0; z < slabDepth; z++) {
        int plane = (z * classes + c) * area;
        if (single) {
          probabilities.get(at, sums, plane, area);
          at += area;
        } else {
          at = addPlane(origin, z, plane, probabilities, at);
        }
      }
    }
  }

  private int addPlane(
      List<Integer> origin, int z, int plane, FloatBuffer probabilities, int offset) {
    float byZ = weights.get(0).get(origin.get(0))[z];
    float[] byY = weights.get(1).get(origin.get(1));
    float[] byX = weights.get(2).get(origin.get(2));
    int at = offset;
    for (int y = 0; y < byY.length; y++) {
      int line = plane + (origin.get(1) + y) * grid.extents().get(2) + origin.get(2);
      float weight = byZ * byY[y];
      for (int x = 0; x < byX.length; x++) {
        sums[line + x] += (float) Math.rint(weight * byX[x] * probabilities.get(at++) * UNIT);
      }
    }
    return at;
  }

  /** Hands on what is left. */
  void finish() {
    handOnUpTo(grid.extents().get(0));
  }

  private void handOnUpTo(int slice) {
    if (slice < firstSlice) {
      throw new IllegalArgumentException("slice " + slice + " was handed on already");
    }
    int count = Math.min(slice - firstSlice, slabDepth);
    if (count == 0) {
      return;
    }
    int perSlice = classes * area;
    for (int i = 0; i < count; i++) {
      float[] probabilities = Arrays.copyOfRange(sums, i * perSlice, (i + 1) * perSlice);
      for (int k = 0; k < perSlice && !single; k++) {
        probabilities[k] /= UNIT;
      }
      receiver.accept(firstSlice + i, probabilities);
    }
    int kept = sums.length - count * perSlice;
    System.arraycopy(sums, count * perSlice, sums, 0, kept);
    Arrays.fill(sums, kept, sums.length, 0);
    firstSlice = slice;
  }
}
