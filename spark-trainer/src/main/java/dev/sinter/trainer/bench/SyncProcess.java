package dev.sinter.trainer.bench;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.sinter.error.SinterException;
import dev.sinter.trainer.engine.NativeEnvironment;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.List;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.launcher.JavaModuleOptions;

/**
 * The main class of a process that is a Spark cluster: driver, master and workers, with a process
 * per executor. It prints what the executors measured as a line of JSON.
 */
public final class SyncProcess {
  static final JsonMapper JSON = JsonMapper.builder().build();
  private static final int EXECUTOR_MEGABYTES = 512;

  /**
   * What the process prints last.
   *
   * @param measurements one per worker, or nothing
   * @param failure what went wrong, or nothing
   */
  record Answer(List<SyncMeasurement> measurements, StepProcess.Failure failure) {}

  private SyncProcess() {}

  /** Measures the case that the argument holds as JSON. */
  public static void main(String[] arguments) throws IOException {
    PrintStream out = System.out;
    System.setOut(System.err); // libraries may greet: the answer is the only line there
    endWithParent();
    SyncCase sync = JSON.readValue(arguments[0], SyncCase.class);
    Answer answer;
    try (JavaSparkContext spark = new JavaSparkContext(conf(sync.workers()))) {
      answer = new Answer(SyncStage.run(spark.sc(), sync), null);
    } catch (SinterException e) {
      answer =
          new Answer(
              null,
              new StepProcess.Failure(e.category().name(), e.code(), e.getMessage(), e.remedy()));
    }
    out.println(JSON.writeValueAsString(answer));
    out.flush();
    System.exit(0);
  }

  private static SparkConf conf(int workers) {
    SparkConf conf =
        new SparkConf()
            .setAppName("sinter bench sync")
            .setMaster("local-cluster[" + workers + ",1," + EXECUTOR_MEGABYTES + "]")
            .set("spark.executor.memory", EXECUTOR_MEGABYTES + "m")
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

  /** The parent holds the other end of standard input; when it is gone, nobody wants the answer. */
  private static void endWithParent() {
    Thread watch = new Thread(SyncProcess::awaitEndOfInput, "sinter-parent-watch");
    watch.setDaemon(true);
    watch.start();
  }

  private static void awaitEndOfInput() {
    try {
      System.in.transferTo(OutputStream.nullOutputStream());
    } catch (IOException e) {
      // as good as the end
    }
    Runtime.getRuntime().halt(1);
  }
}
