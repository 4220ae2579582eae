package dev.sinter.trainer.report;

import java.util.Locale;

/**
 * Round numbers along an axis, at multiples of 1, 2, 2.5 or 5 times a power of ten.
 *
 * @param first index of the first tick, in steps from zero
 * @param count number of ticks
 * @param step distance between two
 */
record Ticks(long first, int count, double step) {
  private static final double[] STEPS = {1, 2, 2.5, 5, 10};
  private static final double[] WHOLE_STEPS = {1, 2, 5, 10};

  /** Ticks that enclose a range. */
  static Ticks enclosing(double min, double max, int intervals) {
    double span = max - min;
    if (span <= Math.max(Math.abs(max), Math.abs(min)) * 1e-9) {
      double half = max == 0 ? 0.5 : Math.abs(max) * 0.1;
      return enclosing(min - half, max + half, intervals);
    }
    double step = step(span / intervals, STEPS);
    long first = (long) Math.floor(min / step + 1e-9);
    long last = (long) Math.ceil(max / step - 1e-9);
    return new Ticks(first, Math.toIntExact(last - first + 1), step);
  }

  /** Ticks at whole numbers within a range, both ends included. */
  static Ticks wholeWithin(int min, int max, int intervals) {
    double step = Math.max(1, step((double) (max - min) / intervals, WHOLE_STEPS));
    long first = (long) Math.ceil(min / step);
    long last = (long) Math.floor(max / step);
    return new Ticks(first, Math.toIntExact(last - first + 1), step);
  }

  double value(int index) {
    return (first + index) * step;
  }

  double min() {
    return value(0);
  }

  double max() {
    return value(count - 1);
  }

  /** As many digits as the step needs; powers of ten where those would be too many. */
  String label(int index) {
    double value = value(index);
    if (value == 0) {
      return "0";
    }
    if (step < 1e-4) {
      String text = String.format(Locale.ROOT, "%.1e", value);
      return text.replace(".0e", "e").replace("e-0", "e-").replace("e+0", "e");
    }
    int digits = 0;
    for (double scaled = step; Math.abs(scaled - Math.rint(scaled)) > 1e-6; scaled *= 10) {
      digits++;
    }
    return digits == 0 ? Numbers.grouped(Math.round(value)) : Numbers.decimal(value, digits);
  }

  private static double step(double raw, double[] multiples) {
    if (raw <= 0) {
      return 1;
    }
    double power = Math.pow(10, Math.floor(Math.log10(raw)));
    for (double multiple : multiples) {
      if (multiple * power >= raw * (1 - 1e-9)) {
        return multiple * power;
      }
    }
    return 10 * power;
  }
}
