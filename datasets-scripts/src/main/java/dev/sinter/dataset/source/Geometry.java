package dev.sinter.dataset.source;

import java.io.Serializable;

/**
 * Where pixels lie in the patient, as far as the file says.
 *
 * @param spacing distance of neighbours along each stored axis: an image's rows, columns; a
 *     volume's x, y, z in mm and what follows (seconds, ...); empty when unknown, 0 for an axis
 *     without one
 * @param affine 4 x 4, row by row: index of a voxel (x, y, z, 1) to its centre in mm, in <b>RAS</b>
 *     (x grows to the patient's right, y to the front, z to the head: NIfTI's convention, DICOM's
 *     with the first two rows negated); empty when unknown
 * @param orientation letters of the directions in which the stored x, y and z axes grow, such as
 *     {@code RAS}, {@code LAS} or {@code PSR}; empty when unknown
 */
public record Geometry(double[] spacing, double[] affine, String orientation)
    implements Serializable {
  /** Nothing is known. */
  public static final Geometry UNKNOWN = new Geometry(new double[0], new double[0], "");

  /** Copies the arrays. */
  public Geometry {
    spacing = spacing.clone();
    affine = affine.clone();
    if (affine.length != 0 && affine.length != 16) {
      throw new IllegalArgumentException(affine.length + " values of an affine");
    }
  }

  /** Distances alone. */
  public static Geometry ofSpacing(double... spacing) {
    return new Geometry(spacing, new double[0], "");
  }

  /** Distances and position; the letters follow from them, none if an axis has no direction. */
  public static Geometry of(double[] spacing, double[] affine) {
    return new Geometry(spacing, affine, orientation(affine));
  }

  /** Distance of neighbours along an axis; 1 when unknown. */
  public float spacing(int axis) {
    return axis < spacing.length && spacing[axis] > 0 ? (float) spacing[axis] : 1f;
  }

  /**
   * The letters of an affine. Its closest rotation decides, so that an oblique volume has the
   * letters of its main directions and no letter twice; "" for a degenerate affine.
   */
  static String orientation(double[] affine) {
    double[][] rotation = ClosestRotation.of(affine);
    if (rotation == null) {
      return "";
    }
    String[] letters = {"LR", "PA", "IS"};
    StringBuilder orientation = new StringBuilder();
    boolean[] taken = new boolean[3];
    for (int column = 0; column < 3; column++) {
      int best = -1;
      for (int row = 0; row < 3; row++) {
        if (!taken[row]
            && (best < 0 || Math.abs(rotation[row][column]) > Math.abs(rotation[best][column]))) {
          best = row;
        }
      }
      taken[best] = true;
      orientation.append(letters[best].charAt(rotation[best][column] < 0 ? 0 : 1));
    }
    return orientation.toString();
  }
}
