package dev.sinter.trainer.config;

import java.util.List;

/**
 * The keys under {@code optimizer.schedule}.
 *
 * @param name {@code constant}, {@code step}, {@code cosine}, {@code polynomial} or {@code
 *     one-cycle}
 * @param warmUpEpochs epochs of linear warm-up
 * @param floor share of the rate at which it ends, and below which it never falls
 * @param stepEpochs epochs at each rate of {@code step}
 * @param factor of each fall of {@code step}
 * @param power of {@code polynomial}
 * @param rise share of the run in which the rate of {@code one-cycle} rises
 * @param start share of the rate at which {@code one-cycle} begins
 */
public record ScheduleConfig(
    String name,
    double warmUpEpochs,
    double floor,
    double stepEpochs,
    double factor,
    double power,
    double rise,
    double start) {
  private static final String STEP = "step";
  private static final String POLYNOMIAL = "polynomial";
  private static final String ONE_CYCLE = "one-cycle";

  /** Those of a name, as they are when nothing else is given. */
  static ScheduleConfig of(String name) {
    return new ScheduleConfig(name, 0, 0, 30, 0.1, 1, 0.45, 0.1);
  }

  static ScheduleConfig read(ConfigSection section) {
    String name =
        section.oneOf("name", "cosine", List.of("constant", STEP, "cosine", POLYNOMIAL, ONE_CYCLE));
    ScheduleConfig defaults = of(name);
    Part step = new Part(section, name, STEP);
    Part polynomial = new Part(section, name, POLYNOMIAL);
    Part cycle = new Part(section, name, ONE_CYCLE);
    ScheduleConfig schedule =
        new ScheduleConfig(
            name,
            section.number("warm-up-epochs", defaults.warmUpEpochs, 0, 1_000_000),
            section.number("floor", defaults.floor, 0, 1),
            step.number("step-epochs", defaults.stepEpochs, 0.001, 1_000_000),
            step.number("factor", defaults.factor, 0, 1),
            polynomial.number("power", defaults.power, 0, 100),
            cycle.number("rise", defaults.rise, 0.01, 0.5),
            cycle.number("start", defaults.start, 0, 1));
    if (name.equals(ONE_CYCLE) && schedule.warmUpEpochs > 0) {
      section.problem(
          "warm-up-epochs", "one-cycle rises by itself; set 0, and optimizer.schedule.rise");
    }
    section.reportUnknownKeys();
    return schedule;
  }

  /** Reads the keys that one schedule alone has. */
  private record Part(ConfigSection section, String name, String owner) {
    double number(String key, double defaultValue, double minimum, double maximum) {
      return name.equals(owner)
          ? section.number(key, defaultValue, minimum, maximum)
          : section.unused(key, defaultValue, "optimizer.schedule.name: " + owner);
    }
  }
}
