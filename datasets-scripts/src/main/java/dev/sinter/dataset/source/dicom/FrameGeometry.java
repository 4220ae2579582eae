package dev.sinter.dataset.source.dicom;

import dev.sinter.dataset.source.Geometry;
import java.util.List;

/** Affines of planes: DICOM's left-posterior-superior turned to right-anterior-superior. */
final class FrameGeometry {
  private FrameGeometry() {}

  /** Spacing of rows and columns; the affine of a slice that is as thick as stated. */
  static Geometry ofImage(DicomFacts facts) {
    Plane plane = facts.planes().get(0);
    double[] spacing = {plane.rowSpacing(), plane.columnSpacing()};
    if (plane.rowSpacing() == 0) {
      return Geometry.UNKNOWN;
    }
    if (!plane.isPlaced()) {
      return Geometry.ofSpacing(spacing);
    }
    return Geometry.of(spacing, affine(plane, thickness(facts, plane)));
  }

  /** Of a volume of one slice. */
  static Geometry ofSlice(DicomFacts facts) {
    Plane plane = facts.planes().get(0);
    if (plane.rowSpacing() == 0) {
      return Geometry.UNKNOWN;
    }
    if (!plane.isPlaced()) {
      return Geometry.ofSpacing(plane.columnSpacing(), plane.rowSpacing(), facts.sliceSpacing());
    }
    return of(plane, thickness(facts, plane));
  }

  private static double[] thickness(DicomFacts facts, Plane plane) {
    double step = facts.sliceSpacing() > 0 ? facts.sliceSpacing() : 1;
    double[] normal = plane.normal();
    return new double[] {normal[0] * step, normal[1] * step, normal[2] * step};
  }

  /** Of frames that lie at equal distances on one line; else spacings as far as they are known. */
  static Geometry ofVolume(DicomFacts facts) {
    List<Plane> planes = facts.planes();
    Plane first = planes.get(0);
    if (first.rowSpacing() == 0) {
      return Geometry.UNKNOWN;
    }
    double[] step = planes.size() > 1 ? step(planes) : new double[0];
    if (step.length == 0) {
      return Geometry.ofSpacing(first.columnSpacing(), first.rowSpacing(), facts.sliceSpacing());
    }
    return of(first, step);
  }

  static Geometry of(Plane first, double[] step) {
    if (first.rowSpacing() == 0) {
      return Geometry.UNKNOWN;
    }
    double[] spacing = {first.columnSpacing(), first.rowSpacing(), length(step)};
    return Geometry.of(spacing, affine(first, step));
  }

  /** From each plane to the next; empty when they are not parallel, equally spaced and in line. */
  static double[] step(List<Plane> planes) {
    Plane first = planes.get(0);
    Plane last = planes.get(planes.size() - 1);
    if (!first.isPlaced() || !last.isPlaced()) {
      return new double[0];
    }
    double[] step = new double[3];
    for (int i = 0; i < 3; i++) {
      step[i] = (last.position()[i] - first.position()[i]) / (planes.size() - 1);
    }
    double tolerance = Math.max(0.01, 0.02 * length(step));
    if (length(step) < 1e-3) {
      return new double[0];
    }
    for (int k = 0; k < planes.size(); k++) {
      Plane plane = planes.get(k);
      if (!plane.isPlaced() || !plane.isParallelTo(first)) {
        return new double[0];
      }
      for (int i = 0; i < 3; i++) {
        if (Math.abs(first.position()[i] + k * step[i] - plane.position()[i]) > tolerance) {
          return new double[0];
        }
      }
    }
    return step;
  }

  static double length(double[] vector) {
    return Math.sqrt(vector[0] * vector[0] + vector[1] * vector[1] + vector[2] * vector[2]);
  }

  private static double[] affine(Plane plane, double[] step) {
    double[] affine = new double[16];
    for (int row = 0; row < 3; row++) {
      double sign = row < 2 ? -1 : 1;
      affine[4 * row] = sign * plane.orientation()[row] * plane.columnSpacing();
      affine[4 * row + 1] = sign * plane.orientation()[3 + row] * plane.rowSpacing();
      affine[4 * row + 2] = sign * step[row];
      affine[4 * row + 3] = sign * plane.position()[row];
    }
    affine[15] = 1;
    return affine;
  }
}
