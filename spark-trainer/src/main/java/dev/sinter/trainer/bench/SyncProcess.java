package dev.sinter.trainer.bench;

import dev.sinter.trainer.engine.NativeEnvironment;
import java.io.IOException;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.launcher.JavaModuleOptions;

/**
 * The main class of a process that is a Spark cluster: driver, master and workers, with a process
 * per executor.
 */
public final class SyncProcess {
  private static final int EXECUTOR_MEGABYTES = 512;

  /** DL4J keeps several copies of the vector on each worker's heap. */
  private static final int DL4J_EXECUTOR_MEGABYTES = 2048;

  private SyncProcess() {}

  /** Measures the case that the argument holds as JSON. */
  public static void main(String[] arguments) throws IOException {
    MeasuringChild.run(
        arguments,
        SyncCase.class,
        sync -> {
          MeasuringChild.endWithParent();
          try (JavaSparkContext spark = new JavaSparkContext(conf(sync))) {
            return SyncStage.measure(spark, sync);
          }
        });
  }

  private static SparkConf conf(SyncCase sync) {
    int megabytes =
        sync.method() == SyncCase.Method.DL4J_AVERAGING
            ? DL4J_EXECUTOR_MEGABYTES
            : EXECUTOR_MEGABYTES;
    SparkConf conf =
        new SparkConf()
            .setAppName("sinter bench sync")
            .setMaster("local-cluster[" + sync.workers() + ",1," + megabytes + "]")
            .set("spark.executor.memory", megabytes + "m")
            .set("spark.executor.extraClassPath", System.getProperty("java.class.path"))
            .set(
                "spark.executor.extraJavaOptions",
                JavaModuleOptions.defaultModuleOptions()
                    + " -XX:+UseParallelGC -Dorg.bytedeco.javacpp.maxbytes=0"
                    + " -Dorg.bytedeco.javacpp.maxphysicalbytes=0")
            .set("spark.ui.enabled", "false")
            .set("spark.ui.showConsoleProgress", "false")
            .set("spark.driver.host", "127.0.0.1")
            .set("spark.driver.bindAddress", "127.0.0.1")
            // Barrier stages would otherwise wait 15 s for executors that register late.
            .set("spark.scheduler.minRegisteredResourcesRatio", "1.0")
            .set("spark.scheduler.maxRegisteredResourcesWaitingTime", "120s")
            .set("spark.scheduler.barrier.maxConcurrentTasksCheck.interval", "1s")
            // Executors start slowly on a busy machine; the parent's patience ends the wait.
            .set("spark.scheduler.barrier.maxConcurrentTasksCheck.maxFailures", "1000000");
    NativeEnvironment.VARIABLES.forEach((name, value) -> conf.setExecutorEnv(name, value));
    return conf;
  }
}
