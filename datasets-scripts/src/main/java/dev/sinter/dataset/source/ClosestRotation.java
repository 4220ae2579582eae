package dev.sinter.dataset.source;

/** The orthogonal part of an affine's directions: its polar decomposition (Higham 1986). */
final class ClosestRotation {
  private static final int MOST_STEPS = 100;

  private ClosestRotation() {}

  /**
   * Rows of the orthogonal 3 x 3 matrix closest to the affine's columns of unit length.
   *
   * @return null when a column is 0 or not finite, or columns lie in one plane
   */
  static double[][] of(double[] affine) {
    if (affine.length != 16) {
      return null;
    }
    double[][] m = new double[3][3];
    for (int column = 0; column < 3; column++) {
      double length =
          Math.sqrt(
              affine[column] * affine[column]
                  + affine[4 + column] * affine[4 + column]
                  + affine[8 + column] * affine[8 + column]);
      if (!(length > 0) || Double.isInfinite(length)) {
        return null;
      }
      for (int row = 0; row < 3; row++) {
        m[row][column] = affine[4 * row + column] / length;
      }
    }
    // Newton: the mean of a matrix and its inverse's transpose goes to the orthogonal factor.
    for (int step = 0; step < MOST_STEPS; step++) {
      double determinant = determinant(m);
      if (!(Math.abs(determinant) > 1e-6)) {
        return null;
      }
      double[][] next = new double[3][3];
      double change = 0;
      for (int row = 0; row < 3; row++) {
        for (int column = 0; column < 3; column++) {
          next[row][column] = (m[row][column] + cofactor(m, row, column) / determinant) / 2;
          change = Math.max(change, Math.abs(next[row][column] - m[row][column]));
        }
      }
      m = next;
      if (change < 1e-12) {
        break;
      }
    }
    return m;
  }

  static double determinant(double[][] m) {
    return m[0][0] * cofactor(m, 0, 0) + m[0][1] * cofactor(m, 0, 1) + m[0][2] * cofactor(m, 0, 2);
  }

  private static double cofactor(double[][] m, int row, int column) {
    int r1 = (row + 1) % 3;
    int r2 = (row + 2) % 3;
    int c1 = (column + 1) % 3;
    int c2 = (column + 2) % 3;
    return m[r1][c1] * m[r2][c2] - m[r1][c2] * m[r2][c1];
  }
}
