package dev.sinter.dataset;

import dev.sinter.dataset.source.RawImage;
import dev.sinter.dataset.source.RawVolume;
import java.util.List;

/**
 * How the voxels of a sample's grid lie in its source, axis by axis, with the way back for masks.
 *
 * @param slices along the slice axis
 * @param rows along the rows' axis
 * @param columns along the columns' axis
 */
record VolumeGeometry(AxisMap slices, AxisMap rows, AxisMap columns) {

  /** Resampled and cropped as the transforms say. */
  static VolumeGeometry of(VolumeGrid grid, List<Float> spacing, Transforms transforms) {
    VolumeGeometry geometry = identity(grid.extents());
    if (!transforms.spacing().isEmpty()) {
      geometry =
          new VolumeGeometry(
              resampled(geometry.slices, spacing.get(2), transforms.spacing().get(0)),
              resampled(geometry.rows, spacing.get(0), transforms.spacing().get(1)),
              resampled(geometry.columns, spacing.get(1), transforms.spacing().get(2)));
    }
    return switch (transforms.crop()) {
      case NONE -> geometry;
      case CENTRE -> geometry.croppedTo(transforms.cropSize());
      case FOREGROUND -> geometry.croppedToForeground(grid);
    };
  }

  /** A volume's, before it is fitted. */
  static VolumeGeometry of(RawVolume volume, VolumeGrid grid, Preparation preparation) {
    return of(grid, spacing(volume, preparation.sliceAxis()), preparation.transforms());
  }

  /** An image's, whose channels stay; it has no spacing that could be changed. */
  static VolumeGeometry of(RawImage image, Transforms transforms) {
    VolumeGrid grid = VolumeGrid.of(image);
    VolumeGeometry cropped =
        of(
            grid,
            List.of(),
            new Transforms(
                List.of(),
                transforms.crop(),
                transforms.cropSize(),
                List.of(),
                List.of(),
                Transforms.Normalize.AUTO));
    return new VolumeGeometry(AxisMap.identity(image.channels()), cropped.rows, cropped.columns);
  }

  /** Rows, columns, slices, as samples give it. */
  static List<Float> spacing(RawVolume volume, int axis) {
    return List.of(
        volume.spacing(axis == 2 ? 1 : 2), volume.spacing(axis == 0 ? 1 : 0), volume.spacing(axis));
  }

  static VolumeGeometry identity(int[] extents) {
    return new VolumeGeometry(
        AxisMap.identity(extents[0]), AxisMap.identity(extents[1]), AxisMap.identity(extents[2]));
  }

  private static AxisMap resampled(AxisMap map, double spacing, double target) {
    return map.resized(
        (int) Math.max(1, Math.min(Integer.MAX_VALUE, Math.round(map.to() * spacing / target))));
  }

  private VolumeGeometry croppedTo(List<Integer> size) {
    int rowsAt = size.size() - 2;
    return new VolumeGeometry(
        rowsAt == 1 ? smaller(slices, size.get(0)) : slices,
        smaller(rows, size.get(rowsAt)),
        smaller(columns, size.get(rowsAt + 1)));
  }

  private static AxisMap smaller(AxisMap map, int size) {
    return size < map.to() ? map.centred(size) : map;
  }

  private VolumeGeometry croppedToForeground(VolumeGrid grid) {
    int[] low = grid.extents();
    int[] high = {-1, -1, -1};
    float least = grid.least();
    int at = 0;
    for (int z = 0; z < grid.depth(); z++) {
      for (int y = 0; y < grid.height(); y++) {
        for (int x = 0; x < grid.width(); x++) {
          if (grid.values()[at++] > least) {
            low[0] = Math.min(low[0], z);
            high[0] = Math.max(high[0], z);
            low[1] = Math.min(low[1], y);
            high[1] = Math.max(high[1], y);
            low[2] = Math.min(low[2], x);
            high[2] = Math.max(high[2], x);
          }
        }
      }
    }
    if (high[0] < 0) {
      return this; // constant
    }
    return new VolumeGeometry(
        around(slices, low[0], high[0]),
        around(rows, low[1], high[1]),
        around(columns, low[2], high[2]));
  }

  private static AxisMap around(AxisMap map, int low, int high) {
    int first = Math.max(0, Math.min(map.to() - 1, map.nearestTarget(low)));
    int last = Math.max(first, Math.min(map.to() - 1, map.nearestTarget(high)));
    return map.cut(first, last - first + 1);
  }

  /** Brought to the size of samples that are whole volumes, or padded for patches. */
  VolumeGeometry fitted(Preparation preparation) {
    int[] size = {preparation.depth(), preparation.height(), preparation.width()};
    return switch (preparation.sample()) {
      case PATCH ->
          new VolumeGeometry(
              slices.centred(Math.max(size[0], slices.to())),
              rows.centred(Math.max(size[1], rows.to())),
              columns.centred(Math.max(size[2], columns.to())));
      case VOLUME, SEQUENCE ->
          preparation.fit() == Fit.RESIZE
              ? new VolumeGeometry(
                  slices.resized(size[0]), rows.resized(size[1]), columns.resized(size[2]))
              : new VolumeGeometry(
                  slices.centred(size[0]), rows.centred(size[1]), columns.centred(size[2]));
      case IMAGE, SLICE, ROW -> this;
    };
  }

  /** The same for one plane, such as a mask of an image. */
  VolumeGeometry ofPlane() {
    return new VolumeGeometry(AxisMap.identity(1), rows, columns);
  }

  /** {@code [depth, height, width]} of the target. */
  int[] extents() {
    return new int[] {slices.to(), rows.to(), columns.to()};
  }

  /** Spacing of the target: rows, columns, slices. */
  List<Float> spacing(List<Float> source) {
    return source.isEmpty()
        ? source
        : List.of(
            (float) (source.get(0) * rows.scale()),
            (float) (source.get(1) * columns.scale()),
            (float) (source.get(2) * slices.scale()));
  }

  private boolean isIdentity() {
    return slices.isIdentity() && rows.isIdentity() && columns.isIdentity();
  }

  /** Interpolates; what lies outside of the source has {@code margin}. */
  VolumeGrid resampled(VolumeGrid grid, float margin) {
    if (isIdentity()) {
      return grid;
    }
    int depth = slices.to();
    int height = rows.to();
    int width = columns.to();
    float[] wide = along(columns, grid.values(), grid.depth() * grid.height(), 1, margin);
    float[] high = along(rows, wide, grid.depth(), width, margin);
    float[] deep = along(slices, high, 1, height * width, margin);
    return new VolumeGrid(deep, depth, height, width);
  }

  /** Along the middle axis of (outer, axis, inner). */
  private static float[] along(AxisMap map, float[] values, int outer, int inner, float margin) {
    if (map.isIdentity()) {
      return values;
    }
    float[] result = new float[Math.multiplyExact(outer, Math.multiplyExact(map.to(), inner))];
    double[] sums = new double[inner];
    for (int t = 0; t < map.to(); t++) {
      AxisMap.Weights weights = map.weights(t);
      double[] shares = weights.shares();
      for (int o = 0; o < outer; o++) {
        int to = (o * map.to() + t) * inner;
        if (shares.length == 0) {
          java.util.Arrays.fill(result, to, to + inner, margin);
          continue;
        }
        java.util.Arrays.fill(sums, 0);
        for (int k = 0; k < shares.length; k++) {
          int from = (o * map.from() + weights.first() + k) * inner;
          for (int i = 0; i < inner; i++) {
            sums[i] += shares[k] * values[from + i];
          }
        }
        for (int i = 0; i < inner; i++) {
          result[to + i] = (float) sums[i];
        }
      }
    }
    return result;
  }

  /** Classes of the source at the nearest voxels; class 0 outside of it. */
  byte[] nearest(byte[] classes) {
    return isIdentity()
        ? classes
        : picked(
            classes,
            new int[] {slices.from(), rows.from(), columns.from()},
            indices(slices.to(), slices::nearestSource),
            indices(rows.to(), rows::nearestSource),
            indices(columns.to(), columns::nearestSource));
  }

  /** The way back: classes of the target at the nearest voxels; class 0 where it has none. */
  byte[] back(byte[] classes) {
    return isIdentity()
        ? classes
        : picked(
            classes,
            extents(),
            indices(slices.from(), slices::nearestTarget),
            indices(rows.from(), rows::nearestTarget),
            indices(columns.from(), columns::nearestTarget));
  }

  private static int[] indices(int size, java.util.function.IntUnaryOperator of) {
    return java.util.stream.IntStream.range(0, size).map(of).toArray();
  }

  private static byte[] picked(byte[] classes, int[] extents, int[] z, int[] y, int[] x) {
    byte[] result = new byte[z.length * y.length * x.length];
    int at = 0;
    for (int slice : z) {
      for (int row : y) {
        boolean lies = slice >= 0 && slice < extents[0] && row >= 0 && row < extents[1];
        int line = (slice * extents[1] + row) * extents[2];
        for (int column : x) {
          if (lies && column >= 0 && column < extents[2]) {
            result[at] = classes[line + column];
          }
          at++;
        }
      }
    }
    return result;
  }
}
