package dev.sinter.trainer.doctor;

import java.util.List;

/** All workers of a run hold their slots to its end. */
final class DynamicAllocationCheck implements Check {
  private static final String KEY = "spark.dynamicAllocation.enabled";

  @Override
  public String name() {
    return "dynamic-allocation";
  }

  @Override
  public List<Finding> examine(Site site) {
    return List.of(
        on(site)
            ? Finding.misconfigured(
                name(),
                KEY + " is true, but all workers of a run must hold their slots to its end",
                KEY + "=false and spark.executor.instances to the number of executors")
            : Finding.ok(name(), "off"));
  }

  static boolean on(Site site) {
    return site.conf().getBoolean(KEY, false);
  }
}
