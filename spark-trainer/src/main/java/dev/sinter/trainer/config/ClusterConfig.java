package dev.sinter.trainer.config;

/**
 * The keys under {@code cluster}.
 *
 * @param workers tasks that train together, each on a contiguous range of lanes
 * @param timeoutSeconds longest wait for slots, peers or files
 */
public record ClusterConfig(int workers, int timeoutSeconds) {
  static ClusterConfig read(ConfigSection section, int lanes) {
    ClusterConfig cluster =
        new ClusterConfig(
            section.integer("workers", Math.min(2, lanes), 1, 4096),
            section.integer("timeout-seconds", 120, 1, 86400));
    section.reportUnknownKeys();
    if (cluster.workers > lanes) {
      section.problem(
          "workers", cluster.workers + " is more than train.lanes (" + lanes + "): each needs one");
    }
    return cluster;
  }
}
