package dev.sinter.trainer.evaluation;

import java.util.Arrays;

/**
 * The 95th percentile Hausdorff distance between a class's surfaces in truth and prediction: the
 * larger of the two directed 95th percentiles.
 *
 * <p>A surface voxel is one of the class with a neighbour across a face that is not, or at the
 * border of the volume. Distances come from an exact Euclidean distance transform (Felzenszwalb and
 * Huttenlocher, "Distance transforms of sampled functions", 2012) over the bounding box of both
 * surfaces.
 */
final class SurfaceDistance {
  private static final double FAR = Double.POSITIVE_INFINITY;

  private final int[] size;
  private final double[] spacing;
  private final int[] strides;

  /** For volumes (depth, height, width) with a spacing in mm for each axis. */
  SurfaceDistance(int depth, int height, int width, double[] spacing) {
    this.size = new int[] {depth, height, width};
    this.spacing = spacing.clone();
    this.strides = new int[] {height * width, width, 1};
  }

  /** In mm; the class must be present in both. */
  double percentile95(byte[] truth, byte[] prediction, int label) {
    int[] low = size.clone();
    int[] high = {-1, -1, -1};
    boolean[] trueSurface = surface(truth, (byte) label, low, high);
    boolean[] predictedSurface = surface(prediction, (byte) label, low, high);
    return Math.max(
        directed(trueSurface, predictedSurface, low, high),
        directed(predictedSurface, trueSurface, low, high));
  }

  private boolean[] surface(byte[] volume, byte label, int[] low, int[] high) {
    boolean[] surface = new boolean[volume.length];
    int[] at = new int[3];
    int index = 0;
    for (at[0] = 0; at[0] < size[0]; at[0]++) {
      for (at[1] = 0; at[1] < size[1]; at[1]++) {
        for (at[2] = 0; at[2] < size[2]; at[2]++, index++) {
          if (volume[index] == label && exposed(volume, label, at, index)) {
            surface[index] = true;
            for (int axis = 0; axis < 3; axis++) {
              low[axis] = Math.min(low[axis], at[axis]);
              high[axis] = Math.max(high[axis], at[axis]);
            }
          }
        }
      }
    }
    return surface;
  }

  private boolean exposed(byte[] volume, byte label, int[] at, int index) {
    for (int axis = 0; axis < 3; axis++) {
      // A single slice is an image: it has no surface across its plane.
      if (size[axis] == 1 && axis == 0) {
        continue;
      }
      if (at[axis] == 0
          || at[axis] == size[axis] - 1
          || volume[index - strides[axis]] != label
          || volume[index + strides[axis]] != label) {
        return true;
      }
    }
    return false;
  }

  private double directed(boolean[] from, boolean[] to, int[] low, int[] high) {
    int[] box = {high[0] - low[0] + 1, high[1] - low[1] + 1, high[2] - low[2] + 1};
    double[] squared = new double[box[0] * box[1] * box[2]];
    int cell = 0;
    for (int z = low[0]; z <= high[0]; z++) {
      for (int y = low[1]; y <= high[1]; y++) {
        int index = z * strides[0] + y * strides[1] + low[2];
        for (int x = 0; x < box[2]; x++) {
          squared[cell++] = to[index + x] ? 0 : FAR;
        }
      }
    }
    transform(squared, box);
    double[] distances = new double[count(from)];
    int count = 0;
    cell = 0;
    for (int z = low[0]; z <= high[0]; z++) {
      for (int y = low[1]; y <= high[1]; y++) {
        int index = z * strides[0] + y * strides[1] + low[2];
        for (int x = 0; x < box[2]; x++, cell++) {
          if (from[index + x]) {
            distances[count++] = Math.sqrt(squared[cell]);
          }
        }
      }
    }
    return percentile95(distances);
  }

  private static int count(boolean[] surface) {
    int count = 0;
    for (boolean voxel : surface) {
      count += voxel ? 1 : 0;
    }
    return count;
  }

  /** Linear between the two nearest ranks. */
  private static double percentile95(double[] values) {
    Arrays.sort(values);
    double rank = 0.95 * (values.length - 1);
    int below = (int) rank;
    int above = Math.min(below + 1, values.length - 1);
    return values[below] + (rank - below) * (values[above] - values[below]);
  }

  private void transform(double[] squared, int[] box) {
    int longest = Math.max(box[0], Math.max(box[1], box[2]));
    double[] line = new double[longest];
    int[] roots = new int[longest];
    double[] borders = new double[longest];
    int[] boxStrides = {box[1] * box[2], box[2], 1};
    for (int axis = 2; axis >= 0; axis--) {
      int stride = boxStrides[axis];
      for (int start = 0; start < squared.length; start++) {
        if (start / stride % box[axis] == 0) {
          transformLine(squared, start, stride, box[axis], spacing[axis], line, roots, borders);
        }
      }
    }
  }

  /** Lower envelope of parabolas rooted at the finite values of a line. */
  private static void transformLine(
      double[] squared,
      int start,
      int stride,
      int length,
      double step,
      double[] line,
      int[] roots,
      double[] borders) {
    int last = -1;
    for (int i = 0; i < length; i++) {
      line[i] = squared[start + i * stride];
      if (line[i] == FAR) {
        continue;
      }
      double border = Double.NEGATIVE_INFINITY;
      while (last >= 0) {
        border = crossing(line, roots[last], i, step);
        if (border > borders[last]) {
          break;
        }
        last--;
      }
      last++;
      roots[last] = i;
      borders[last] = last == 0 ? Double.NEGATIVE_INFINITY : border;
    }
    if (last < 0) {
      return;
    }
    int segment = 0;
    for (int i = 0; i < length; i++) {
      while (segment < last && borders[segment + 1] < i * step) {
        segment++;
      }
      double away = (i - roots[segment]) * step;
      squared[start + i * stride] = away * away + line[roots[segment]];
    }
  }

  private static double crossing(double[] line, int left, int right, double step) {
    double l = left * step;
    double r = right * step;
    return ((line[right] + r * r) - (line[left] + l * l)) / (2 * (r - l));
  }
}
