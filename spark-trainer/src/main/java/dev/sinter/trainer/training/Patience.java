package dev.sinter.trainer.training;

import dev.sinter.trainer.config.ClusterConfig;

/**
 * The deadline for meetings after work on storage or on a split: it takes workers unlike times, and
 * one that works is not lost.
 */
final class Patience {
  private static final double TIMEOUTS = 10;

  private Patience() {}

  static double seconds(ClusterConfig cluster) {
    return TIMEOUTS * cluster.timeoutSeconds();
  }
}
