package dev.sinter.trainer.doctor;

/**
 * How many share what.
 *
 * @param workersPerExecutor most workers that Spark may put into one process
 * @param executorsPerHost most executors of one host
 */
record Crowding(int workersPerExecutor, int executorsPerHost) {
  static Crowding of(Site site) {
    int executors = Math.max(1, site.executors().all().size());
    int slots = Math.max(1, site.executors().slots());
    int perExecutor = Math.min(site.workers(), (slots + executors - 1) / executors);
    int hosts = Math.max(1, site.executorsPerHost());
    return new Crowding(perExecutor, Math.min(hosts, site.workers()));
  }
}
