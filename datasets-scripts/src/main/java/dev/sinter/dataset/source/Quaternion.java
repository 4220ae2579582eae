package dev.sinter.dataset.source;

import java.util.Optional;

/**
 * The rotation of a volume's axes as NIfTI's qform holds it (nifti1.h, method 2).
 *
 * @param handedness -1 when the third axis is turned round after the rotation, else 1
 */
record Quaternion(double b, double c, double d, double handedness) {
  private static final double TOLERANCE = 1e-3;

  /**
   * Empty where axes are not at right angles or lengths are not the spacing: a qform has neither.
   */
  static Optional<Quaternion> of(RawVolume volume) {
    double[] affine = volume.geometry().affine();
    double[][] r = ClosestRotation.of(affine);
    if (r == null) {
      return Optional.empty();
    }
    for (int column = 0; column < 3; column++) {
      for (int row = 0; row < 3; row++) {
        double distance = volume.spacing(column);
        if (Math.abs(affine[4 * row + column] - r[row][column] * distance) > TOLERANCE * distance) {
          return Optional.empty();
        }
      }
    }
    double handedness = ClosestRotation.determinant(r) < 0 ? -1 : 1;
    for (int row = 0; row < 3; row++) {
      r[row][2] *= handedness;
    }
    return Optional.of(ofRotation(r, handedness));
  }

  /** The component that is largest is computed first, so that nothing small is divided by. */
  private static Quaternion ofRotation(double[][] r, double handedness) {
    double a = 1 + r[0][0] + r[1][1] + r[2][2];
    double b = 1 + r[0][0] - r[1][1] - r[2][2];
    double c = 1 + r[1][1] - r[0][0] - r[2][2];
    double d = 1 + r[2][2] - r[0][0] - r[1][1];
    double largest = Math.max(Math.max(a, b), Math.max(c, d));
    double root = 2 * Math.sqrt(largest);
    if (largest == a) {
      return signed(
          root / 4,
          (r[2][1] - r[1][2]) / root,
          (r[0][2] - r[2][0]) / root,
          (r[1][0] - r[0][1]) / root,
          handedness);
    }
    if (largest == b) {
      return signed(
          (r[2][1] - r[1][2]) / root,
          root / 4,
          (r[0][1] + r[1][0]) / root,
          (r[0][2] + r[2][0]) / root,
          handedness);
    }
    if (largest == c) {
      return signed(
          (r[0][2] - r[2][0]) / root,
          (r[0][1] + r[1][0]) / root,
          root / 4,
          (r[1][2] + r[2][1]) / root,
          handedness);
    }
    return signed(
        (r[1][0] - r[0][1]) / root,
        (r[0][2] + r[2][0]) / root,
        (r[1][2] + r[2][1]) / root,
        root / 4,
        handedness);
  }

  /** A qform does not store the real part: it must be at least 0. */
  private static Quaternion signed(double a, double b, double c, double d, double handedness) {
    double sign = a < 0 ? -1 : 1;
    return new Quaternion(sign * b, sign * c, sign * d, handedness);
  }
}
