package dev.sinter.trainer.cli;

import dev.sinter.trainer.engine.NativeEnvironment;
import dev.sinter.trainer.engine.NativeLibraries;
import dev.sinter.trainer.engine.device.SparkDevices;
import dev.sinter.trainer.spark.SinterKryoRegistrator;
import dev.sinter.trainer.training.WorkerSizing;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.spark.SecurityManager;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
import org.apache.spark.serializer.KryoSerializer;
import org.apache.spark.sql.SparkSession;

/**
 * Opens the Spark session of a command: spark-submit's when there is one, else an embedded local
 * one.
 */
final class SparkSessions {
  private static final String KRYO = KryoSerializer.class.getName();
  private static final String REGISTRATOR = "spark.kryo.registrator";

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

  private static SparkSession open(
      String application, SparkConf conf, int coresPerTask, int localCores) {
    NativeLibraries.select();
    conf.setAppName(application);
    boolean embedded = !conf.contains("spark.master");
    if (embedded) {
      conf.setMaster("local[" + localCores + "]");
      // Ordinary tasks take one core each; only a worker takes its share.
      conf.set(WorkerSizing.WORKER_CPUS, Integer.toString(coresPerTask));
      // Else Spark exits at once, with a stack trace, when a task runs out of memory.
      conf.setIfMissing("spark.executor.killOnFatalError.depth", "0");
      conf.setIfMissing("spark.ui.enabled", "false");
      conf.setIfMissing("spark.driver.host", "127.0.0.1");
      conf.setIfMissing("spark.driver.bindAddress", "127.0.0.1");
    }
    SparkDevices.requireUsable(conf);
    conf.setIfMissing("spark.ui.showConsoleProgress", "false");
    // A stage of workers that starts before all executors are registered would wait 15 s for its
    // slots.
    conf.setIfMissing("spark.scheduler.minRegisteredResourcesRatio", "1.0");
    conf.setIfMissing("spark.scheduler.barrier.maxConcurrentTasksCheck.interval", "1s");
    // How long a run may wait for slots is for cluster.timeout-seconds to say.
    conf.setIfMissing("spark.scheduler.barrier.maxConcurrentTasksCheck.maxFailures", "1000000");
    // Spark gives up a barrier stage after 4 attempts; every restart goes on from the last
    // checkpoint.
    conf.setIfMissing("spark.stage.maxConsecutiveAttempts", "100");
    takeSecret(conf, System.getenv());
    shipWithKryo(conf);
    NativeEnvironment.VARIABLES.forEach(
        (name, value) -> conf.setIfMissing("spark.executorEnv." + name, value));
    // Not through the session's builder: Spark logs the options that it is given, secrets as well.
    SparkContext.getOrCreate(conf);
    SparkSession session = SparkSession.builder().getOrCreate();
    if (embedded) {
      writeNoChecksumFiles(session);
    }
    return session;
  }

  /**
   * A driver that a standalone Worker starts is given the secret in its environment, but asked for
   * the setting.
   */
  static void takeSecret(SparkConf conf, Map<String, String> environment) {
    String secret = environment.get(SecurityManager.ENV_AUTH_SECRET());
    if (secret != null && conf.getBoolean("spark.authenticate", false)) {
      conf.setIfMissing("spark.authenticate.secret", secret);
    }
  }

  /** Beside a registrator of the user's own; not where the user has chosen another serializer. */
  static void shipWithKryo(SparkConf conf) {
    conf.setIfMissing("spark.serializer", KRYO);
    if (conf.get("spark.serializer").equals(KRYO)) {
      conf.set(
          REGISTRATOR,
          Stream.concat(
                  Arrays.stream(conf.get(REGISTRATOR, "").split(",", -1)).map(String::strip),
                  Stream.of(SinterKryoRegistrator.class.getName()))
              .filter(name -> !name.isEmpty())
              .distinct()
              .collect(Collectors.joining(",")));
    }
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
