package dev.sinter.dataset;

/** Mean and standard deviation of one source; a constant source has deviation 1. */
record Intensity(float mean, float std, float min, boolean constant) {

  static Intensity of(float[] values) {
    double sum = 0;
    float min = Float.POSITIVE_INFINITY;
    float max = Float.NEGATIVE_INFINITY;
    for (float value : values) {
      sum += value;
      min = Math.min(min, value);
      max = Math.max(max, value);
    }
    double mean = sum / values.length;
    double squares = 0;
    for (float value : values) {
      squares += (value - mean) * (value - mean);
    }
    boolean constant = min == max;
    double std = constant ? 1 : Math.sqrt(squares / values.length);
    return new Intensity((float) mean, (float) std, min, constant);
  }
}
