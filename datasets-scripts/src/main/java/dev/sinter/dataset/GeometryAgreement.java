package dev.sinter.dataset;

import dev.sinter.dataset.source.Geometry;
import dev.sinter.dataset.source.RawImage;
import dev.sinter.dataset.source.RawSource;
import dev.sinter.dataset.source.RawVolume;
import java.util.Locale;

/** Whether two grids of the same extents lie in the same place, as far as both files say. */
final class GeometryAgreement {
  /** Of the spacing: headers hold single precision and rounded decimals. */
  private static final double AXIS_TOLERANCE = 1e-3;

  /** Of the spacing, at any corner. */
  private static final double CORNER_TOLERANCE = 0.5;

  private GeometryAgreement() {}

  /** True where one of the two does not state its place: then there is nothing to compare. */
  static boolean agree(RawSource one, RawSource other) {
    double[] a = affine(one);
    double[] b = affine(other);
    return a.length == 0 || b.length == 0 || agree(a, b, extents(one));
  }

  private static boolean agree(double[] a, double[] b, int[] extents) {
    double spacing = Double.MAX_VALUE;
    for (int axis = 0; axis < 3; axis++) {
      if (extents[axis] > 1) { // the step of an axis of one voxel means nothing
        double step = length(a[axis], a[4 + axis], a[8 + axis]);
        spacing = Math.min(spacing, step);
        double change =
            length(a[axis] - b[axis], a[4 + axis] - b[4 + axis], a[8 + axis] - b[8 + axis]);
        if (change > AXIS_TOLERANCE * step) {
          return false;
        }
      }
    }
    for (int corner = 0; corner < 8; corner++) {
      double[] moved = new double[3];
      for (int row = 0; row < 3; row++) {
        moved[row] = a[4 * row + 3] - b[4 * row + 3];
        for (int axis = 0; axis < 3; axis++) {
          int index = (corner >> axis & 1) * (extents[axis] - 1);
          moved[row] += index * (a[4 * row + axis] - b[4 * row + axis]);
        }
      }
      if (length(moved[0], moved[1], moved[2]) > CORNER_TOLERANCE * spacing) {
        return false;
      }
    }
    return true;
  }

  private static double length(double x, double y, double z) {
    return Math.sqrt(x * x + y * y + z * z);
  }

  /** Empty unless the file states it. */
  private static double[] affine(RawSource source) {
    return source instanceof RawVolume volume && !volume.isPlaced()
        ? new double[0]
        : geometry(source).affine();
  }

  private static Geometry geometry(RawSource source) {
    return source instanceof RawImage image ? image.geometry() : ((RawVolume) source).geometry();
  }

  private static int[] extents(RawSource source) {
    return source instanceof RawImage image
        ? new int[] {image.width(), image.height(), 1}
        : new int[] {
          ((RawVolume) source).extent(0),
          ((RawVolume) source).extent(1),
          ((RawVolume) source).extent(2)
        };
  }

  /** Place and directions, without anything of the patient. */
  static String text(RawSource source) {
    double[] affine = affine(source);
    return String.format(
        Locale.ROOT,
        "at (%.3f, %.3f, %.3f) mm along %s",
        affine[3],
        affine[7],
        affine[11],
        geometry(source).orientation());
  }
}
