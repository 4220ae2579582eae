package dev.sinter.trainer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.launcher.JavaModuleOptions;

/**
 * Spark clusters of separate executor processes within a Maven test. A first job takes 7 to 20
 * seconds: share one per test class.
 */
public final class SparkTestClusters {
  private static final int EXECUTOR_MEGABYTES = 1024;

  private SparkTestClusters() {}

  /** Starts executors of one core each, with this test's class path. */
  public static JavaSparkContext localCluster(
      String name, int executors, Map<String, String> settings) throws IOException {
    return new JavaSparkContext(conf(name, executors, 1, settings));
  }

  /** The settings of such a cluster. */
  public static SparkConf conf(
      String name, int executors, int coresPerExecutor, Map<String, String> settings)
      throws IOException {
    prepareSparkHome();
    SparkConf conf =
        new SparkConf()
            .setAppName(name)
            .setMaster(
                "local-cluster["
                    + executors
                    + ","
                    + coresPerExecutor
                    + ","
                    + EXECUTOR_MEGABYTES
                    + "]")
            .set("spark.executor.memory", EXECUTOR_MEGABYTES + "m")
            .set("spark.executor.extraClassPath", System.getProperty("java.class.path"))
            // They live for seconds: what the second compiler would gain comes too late.
            .set(
                "spark.executor.extraJavaOptions",
                JavaModuleOptions.defaultModuleOptions()
                    + " -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Dorg.bytedeco.javacpp.maxphysicalbytes=8g")
            .set("spark.ui.enabled", "false")
            .set("spark.driver.host", "127.0.0.1")
            .set("spark.driver.bindAddress", "127.0.0.1")
            // Barrier stages would otherwise wait 15 s for executors that register late.
            .set("spark.scheduler.minRegisteredResourcesRatio", "1.0")
            .set("spark.scheduler.maxRegisteredResourcesWaitingTime", "60s")
            .set("spark.scheduler.barrier.maxConcurrentTasksCheck.interval", "1s")
            // Executors start slowly on a busy machine.
            .set("spark.scheduler.barrier.maxConcurrentTasksCheck.maxFailures", "180");
    settings.forEach(conf::set);
    return conf;
  }

  /**
   * Workers look for a Spark installation, though executors take everything from our class path.
   */
  private static void prepareSparkHome() throws IOException {
    Path home = Path.of(System.getenv("SPARK_HOME"));
    Files.createDirectories(home.resolve("jars"));
    Files.writeString(home.resolve("RELEASE"), "Spark\n");
  }
}
