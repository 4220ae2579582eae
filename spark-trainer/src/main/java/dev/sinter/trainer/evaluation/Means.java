package dev.sinter.trainer.evaluation;

import java.util.stream.DoubleStream;

/** Means that skip what is undefined. */
final class Means {
  private Means() {}

  /** Mean of what is not NaN; NaN when there is nothing. */
  static double ofDefined(DoubleStream values) {
    return values.filter(value -> !Double.isNaN(value)).average().orElse(Double.NaN);
  }
}
