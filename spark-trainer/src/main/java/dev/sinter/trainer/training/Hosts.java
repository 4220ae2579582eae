package dev.sinter.trainer.training;

import org.apache.spark.SparkEnv;

/** Names this process's host as Spark knows it. */
final class Hosts {
  private Hosts() {}

  static String name() {
    return SparkEnv.get().blockManager().blockManagerId().host();
  }
}
