package dev.sinter.dataset.source.dicom;

import java.io.Serializable;

/**
 * Where a frame lies, PS3.3 section C.7.6.2, in mm of the patient's system: x grows to the left, y
 * to the back, z to the head.
 *
 * @param position of the centre of the first pixel; empty when unknown
 * @param orientation direction along a row, then along a column; empty when unknown
 * @param rowSpacing between centres of rows, 0 when unknown
 * @param columnSpacing between centres of columns, 0 when unknown
 */
public record Plane(
    double[] position, double[] orientation, double rowSpacing, double columnSpacing)
    implements Serializable {

  /** Copies the arrays. */
  public Plane {
    position = position.clone();
    orientation = orientation.clone();
  }

  /** Whether both position and orientation are known, the latter with two upright unit vectors. */
  public boolean isPlaced() {
    if (position.length != 3 || orientation.length != 6) {
      return false;
    }
    double rows = 0;
    double columns = 0;
    double both = 0;
    for (int i = 0; i < 3; i++) {
      rows += orientation[i] * orientation[i];
      columns += orientation[i + 3] * orientation[i + 3];
      both += orientation[i] * orientation[i + 3];
    }
    return Math.abs(rows - 1) < 0.01 && Math.abs(columns - 1) < 0.01 && Math.abs(both) < 0.01;
  }

  /** The direction that rows and columns are upright to. */
  double[] normal() {
    double[] o = orientation;
    return new double[] {
      o[1] * o[5] - o[2] * o[4], o[2] * o[3] - o[0] * o[5], o[0] * o[4] - o[1] * o[3]
    };
  }

  /** Distance of its first pixel from the origin, along a direction. */
  double along(double[] direction) {
    return position[0] * direction[0] + position[1] * direction[1] + position[2] * direction[2];
  }

  /** Whether two planes are parallel, within 0.01 of each cosine. */
  boolean isParallelTo(Plane other) {
    for (int i = 0; i < 6; i++) {
      if (Math.abs(orientation[i] - other.orientation[i]) > 0.01) {
        return false;
      }
    }
    return true;
  }
}
