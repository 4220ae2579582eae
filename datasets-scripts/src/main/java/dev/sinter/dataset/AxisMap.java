package dev.sinter.dataset;

/**
 * Where the voxels of a target lie along one axis of its source: voxel t at {@code scale * t +
 * offset}, both counted at voxel centres. Resampling, cropping, padding and resizing are all of
 * this form, so any number of them is one map, and values are interpolated once.
 *
 * @param from voxels of the source
 * @param to voxels of the target
 * @param scale source voxels per target voxel
 * @param offset place of target voxel 0
 */
record AxisMap(int from, int to, double scale, double offset) {

  static AxisMap identity(int size) {
    return new AxisMap(size, size, 1, 0);
  }

  /** The same extent in another number of voxels. */
  AxisMap resized(int size) {
    double step = (double) to / size;
    return new AxisMap(from, size, scale * step, offset + scale * (step - 1) / 2);
  }

  /** Only the voxels from {@code first} on, which may lie before the first one. */
  AxisMap cut(int first, int size) {
    return new AxisMap(from, size, scale, offset + scale * first);
  }

  /** Cut or padded around the centre; odd remainders go behind. */
  AxisMap centred(int size) {
    return cut(size >= to ? -((size - to) / 2) : (to - size) / 2, size);
  }

  boolean isIdentity() {
    return from == to && scale == 1 && offset == 0;
  }

  /** The nearest source voxel; below 0 or beyond the end when there is none. */
  int nearestSource(int target) {
    return (int) Math.floor(scale * target + offset + 0.5);
  }

  /** The nearest target voxel; below 0 or beyond the end when there is none. */
  int nearestTarget(int source) {
    return (int) Math.floor((source - offset) / scale + 0.5);
  }

  /**
   * Shares of consecutive source voxels in a target voxel, linear when growing and by area when
   * shrinking.
   *
   * @param first the first of them
   * @param shares empty for a target voxel outside of the source
   */
  record Weights(int first, double[] shares) {}

  Weights weights(int target) {
    double at = scale * target + offset;
    if (at < -0.5 || at > from - 0.5) {
      return new Weights(0, new double[0]);
    }
    if (scale <= 1) {
      double inside = Math.max(0, Math.min(from - 1.0, at));
      int low = (int) inside;
      double share = inside - low;
      return new Weights(low, share > 0 ? new double[] {1 - share, share} : new double[] {1});
    }
    double begin = Math.max(0, at + 0.5 - scale / 2);
    double end = Math.min(from, at + 0.5 + scale / 2);
    int low = (int) begin;
    int high = Math.max(low + 1, Math.min(from, (int) Math.ceil(end - 1e-9)));
    double[] shares = new double[high - low];
    for (int k = low; k < high; k++) {
      shares[k - low] = (Math.min(end, k + 1) - Math.max(begin, k)) / (end - begin);
    }
    return new Weights(low, shares);
  }
}
