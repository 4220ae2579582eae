package dev.sinter.trainer.doctor;

import java.util.List;
import java.util.Locale;

/** Clocks of the executors against the driver's. */
final class ClockCheck implements Check {
  private static final long WARNING_MILLIS = 5_000;

  /** What Kerberos puts up with by default. */
  private static final long FAILURE_MILLIS = 300_000;

  @Override
  public String name() {
    return "clocks";
  }

  @Override
  public List<Finding> examine(Site site) {
    long before = site.clock().millis();
    List<Answer<Long>> answers = site.ask(System::currentTimeMillis);
    long after = site.clock().millis();
    long most = 0;
    String who = "";
    for (Answer<Long> answer : answers) {
      // It was read some time in between, so this is the least by which the clocks differ.
      long apart = Math.max(before - answer.value(), answer.value() - after);
      if (apart > most) {
        most = apart;
        who = answer.who();
      }
    }
    if (most < WARNING_MILLIS) {
      return List.of(
          Finding.ok(
              name(),
              site.embedded()
                  ? "one process"
                  : "apart by less than " + seconds(Math.max(most, 0) + after - before)));
    }
    String found = who + " is " + seconds(most) + " away from the driver's clock";
    String setting = "NTP (chrony) on all hosts; Kerberos refuses more than 5 minutes";
    return List.of(
        most < FAILURE_MILLIS
            ? Finding.warning(name(), found, setting)
            : Finding.failure(name(), found, setting));
  }

  private static String seconds(long millis) {
    return String.format(Locale.ROOT, "%.1f s", millis / 1e3);
  }
}
