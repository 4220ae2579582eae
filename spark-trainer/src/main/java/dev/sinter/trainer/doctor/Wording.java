package dev.sinter.trainer.doctor;

import java.util.Locale;

/** Numbers and plurals as the lines have them. */
final class Wording {
  private static final long MEBIBYTE = 1L << 20;
  private static final long GIBIBYTE = 1L << 30;

  private Wording() {}

  /** {@code 1 worker}, {@code 3 workers}. */
  static String count(long count, String what) {
    return count + " " + what + (count == 1 ? "" : "s");
  }

  /** {@code 512 MiB} or {@code 12.5 GiB}. */
  static String bytes(long bytes) {
    if (bytes < 10 * GIBIBYTE) {
      return String.format(Locale.ROOT, "%,d MiB", Math.floorDiv(bytes, MEBIBYTE));
    }
    return String.format(Locale.ROOT, "%,.1f GiB", bytes / (double) GIBIBYTE);
  }

  /** Whole gibibytes, as Spark's settings take them. */
  static String setting(long bytes) {
    return Math.max(1, (bytes + GIBIBYTE - 1) / GIBIBYTE) + "g";
  }

  /** Says that executors were asked as well as the driver. */
  static String everywhere(Site site) {
    return site.embedded()
        ? ""
        : ", on the driver and " + count(site.executors().all().size(), "executor");
  }
}
