package dev.sinter.trainer.cli;

import dev.sinter.trainer.engine.NativeLibraries;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.hadoop.fs.FileSystem;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;

/**
 * Opens the Spark session of a command: spark-submit's when there is one, else an embedded local
 * one.
 */
final class SparkSessions {
  private SparkSessions() {}

  /** A session for jobs of independent tasks. */
  static SparkSession open(String name) {
    return open(name, new SparkConf(), 1, Runtime.getRuntime().availableProcessors());
  }

  /**
   * A session for a barrier stage of {@code workers} tasks; embedded, each gets an equal share of
   * the cores.
   */
  static SparkSession openForWorkers(String name, int workers) {
    int cores = Runtime.getRuntime().availableProcessors();
    int coresPerWorker = Math.max(1, cores / workers);
    return open(name, new SparkConf(), coresPerWorker, workers * coresPerWorker);
  }

  private static SparkSession open(String name, SparkConf conf, int coresPerTask, int localCores) {
    NativeLibraries.select();
    conf.setAppName(name);
    boolean embedded = !conf.contains("spark.master");
    if (embedded) {
      conf.setMaster("local[" + localCores + "]");
      conf.set("spark.task.cpus", Integer.toString(coresPerTask));
      conf.setIfMissing("spark.ui.enabled", "false");
      conf.setIfMissing("spark.driver.host", "127.0.0.1");
      conf.setIfMissing("spark.driver.bindAddress", "127.0.0.1");
    }
    conf.setIfMissing("spark.ui.showConsoleProgress", "false");
    // A stage of workers that starts before all executors are registered would wait 15 s for its
    // slots.
    conf.setIfMissing("spark.scheduler.minRegisteredResourcesRatio", "1.0");
    conf.setIfMissing("spark.scheduler.barrier.maxConcurrentTasksCheck.interval", "1s");
    // Spark gives up a barrier stage after 4 attempts; every restart goes on from the last
    // checkpoint.
    conf.setIfMissing("spark.stage.maxConsecutiveAttempts", "100");
    SparkSession session = SparkSession.builder().config(conf).getOrCreate();
    if (embedded) {
      writeNoChecksumFiles(session);
    }
    return session;
  }

  /**
   * Users look into these folders; shards, models and optimizer files carry checksums of their own.
   */
  private static void writeNoChecksumFiles(SparkSession session) {
    try {
      FileSystem.getLocal(session.sparkContext().hadoopConfiguration()).setWriteChecksum(false);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
