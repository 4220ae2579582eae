package dev.sinter.trainer.report;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;

/** How numbers read, the same in every locale. A value that is not finite reads as a dash. */
final class Numbers {
  static final String MISSING = "–";

  private static final String[] BYTE_UNITS = {"B", "kB", "MB", "GB", "TB"};

  private Numbers() {}

  /** Digits after the point. */
  static String decimal(double value, int digits) {
    return Double.isFinite(value)
        ? String.format(Locale.ROOT, "%." + digits + "f", value)
        : MISSING;
  }

  /** A share of one, as percent with a digit after the point. */
  static String percent(double share) {
    return Double.isFinite(share) ? decimal(share * 100, 1) + "%" : MISSING;
  }

  /** With thousands apart. */
  static String grouped(long value) {
    return String.format(Locale.ROOT, "%,d", value);
  }

  /** A rate: one digit after the point below 100, else none. */
  static String rate(double value) {
    if (!Double.isFinite(value)) {
      return MISSING;
    }
    return value < 100 ? decimal(value, 1) : grouped(Math.round(value));
  }

  /** Decimal units with three significant digits. */
  static String bytes(long bytes) {
    double value = bytes;
    int unit = 0;
    while (value >= 999.5 && unit < BYTE_UNITS.length - 1) {
      value /= 1000;
      unit++;
    }
    int digits = unit == 0 || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
    return decimal(value, digits) + " " + BYTE_UNITS[unit];
  }

  /** A duration in the two largest units that matter. */
  static String duration(double seconds) {
    if (!Double.isFinite(seconds)) {
      return MISSING;
    }
    if (seconds < 0.9995) {
      return decimal(seconds * 1000, seconds < 0.00995 ? 2 : seconds < 0.09995 ? 1 : 0) + " ms";
    }
    if (seconds < 59.95) {
      return decimal(seconds, 1) + " s";
    }
    long whole = Math.round(seconds);
    if (whole < 3600) {
      return String.format(Locale.ROOT, "%d min %02d s", whole / 60, whole % 60);
    }
    long minutes = Math.round(seconds / 60);
    return String.format(Locale.ROOT, "%d h %02d min", minutes / 60, minutes % 60);
  }

  /** A coordinate in a drawing: at most two digits after the point, none that say nothing. */
  static String coordinate(double value) {
    BigDecimal rounded = BigDecimal.valueOf(value).setScale(2, RoundingMode.HALF_UP);
    return rounded.signum() == 0 ? "0" : rounded.stripTrailingZeros().toPlainString();
  }
}
