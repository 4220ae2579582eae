package dev.sinter.error;

/** What kind of failure ended a command, and the exit code that tells it to a script. */
public enum ErrorCategory {
  /** A failure that Sinter did not foresee: a bug. */
  BUG(1),
  /** Command line or configuration. */
  USAGE(2),
  /** Input data, shards, checkpoints or weight files. */
  DATA(3),
  /** Cluster, memory, disk or other resources. */
  RESOURCES(4),
  /** The loss or the weights became NaN or infinite. */
  DIVERGED(5);

  private final int exitCode;

  ErrorCategory(int exitCode) {
    this.exitCode = exitCode;
  }

  /** The process exit code of this category. */
  public int exitCode() {
    return exitCode;
  }
}
