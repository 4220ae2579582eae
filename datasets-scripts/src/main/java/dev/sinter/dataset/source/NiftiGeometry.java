package dev.sinter.dataset.source;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Position of the voxels by a header's sform, else its qform, else by convention.
 *
 * @param stated whether the header says it
 */
record NiftiGeometry(Geometry geometry, boolean stated) {

  static NiftiGeometry read(ByteBuffer b, boolean second, boolean hasForms, int[] dimensions) {
    double[] spacing = new double[dimensions.length];
    for (int i = 0; i < spacing.length; i++) {
      double distance = Math.abs(second ? b.getDouble(112 + 8 * i) : b.getFloat(80 + 4 * i));
      spacing[i] = Double.isFinite(distance) ? distance : 0;
    }
    int qformCode = second ? b.getInt(344) : b.getShort(252);
    int sformCode = second ? b.getInt(348) : b.getShort(254);
    double[] affine = null;
    if (hasForms && sformCode > 0) {
      affine = sform(b, second);
    }
    if (affine == null && hasForms && qformCode > 0) {
      affine = qform(b, second, spacing);
    }
    boolean stated = affine != null;
    if (!stated) {
      affine = assumed(dimensions, spacing);
    }
    return new NiftiGeometry(Geometry.of(spacing, affine), stated);
  }

  /** Null when no direction can be taken from it. */
  private static double[] sform(ByteBuffer b, boolean second) {
    double[] affine = new double[16];
    for (int i = 0; i < 12; i++) {
      affine[i] = second ? b.getDouble(400 + 8 * i) : b.getFloat(280 + 4 * i);
    }
    affine[15] = 1;
    return usable(affine) ? affine : null;
  }

  private static double[] qform(ByteBuffer b, boolean second, double[] spacing) {
    double[] q = new double[6];
    for (int i = 0; i < 6; i++) {
      q[i] = second ? b.getDouble(352 + 8 * i) : b.getFloat(256 + 4 * i);
    }
    double squares = q[0] * q[0] + q[1] * q[1] + q[2] * q[2];
    double real = 0;
    if (squares < 1) {
      real = Math.sqrt(1 - squares);
    } else {
      for (int i = 0; i < 3; i++) {
        q[i] /= Math.sqrt(squares);
      }
    }
    double handedness = (second ? b.getDouble(104) : b.getFloat(76)) < 0 ? -1 : 1;
    double[][] r = rotation(real, q[0], q[1], q[2]);
    double[] affine = new double[16];
    for (int row = 0; row < 3; row++) {
      for (int column = 0; column < 3; column++) {
        double distance = column < spacing.length && spacing[column] > 0 ? spacing[column] : 1;
        affine[4 * row + column] = r[row][column] * distance * (column == 2 ? handedness : 1);
      }
      affine[4 * row + 3] = q[3 + row];
    }
    affine[15] = 1;
    return usable(affine) ? affine : null;
  }

  /** Rotation of a unit quaternion a + bi + cj + dk (nifti1.h, method 2). */
  private static double[][] rotation(double a, double b, double c, double d) {
    return new double[][] {
      {a * a + b * b - c * c - d * d, 2 * (b * c - a * d), 2 * (b * d + a * c)},
      {2 * (b * c + a * d), a * a + c * c - b * b - d * d, 2 * (c * d - a * b)},
      {2 * (b * d - a * c), 2 * (c * d + a * b), a * a + d * d - b * b - c * c}
    };
  }

  /** ANALYZE's convention: x grows to the left; the origin is the centre. */
  private static double[] assumed(int[] dimensions, double[] spacing) {
    double[] affine = new double[16];
    for (int axis = 0; axis < 3; axis++) {
      double distance = axis < spacing.length && spacing[axis] > 0 ? spacing[axis] : 1;
      double step = axis == 0 ? -distance : distance;
      int extent = axis < dimensions.length ? dimensions[axis] : 1;
      affine[5 * axis] = step;
      affine[4 * axis + 3] = -step * (extent - 1) / 2;
    }
    affine[15] = 1;
    return affine;
  }

  private static boolean usable(double[] affine) {
    return Arrays.stream(affine).allMatch(Double::isFinite)
        && !Geometry.orientation(affine).isEmpty();
  }
}
