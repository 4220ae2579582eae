package dev.sinter.dataset;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.apache.spark.SparkExecutorInfo;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Tasks that outlive their job: Spark ends a job at its first failed task and only asks the others
 * to stop. What they still write would come after the clean-up.
 */
public final class RunningTasks {
  private static final long LONGEST_WAIT = TimeUnit.SECONDS.toNanos(20);
  private static final long PAUSE_MILLIS = 50;

  /** Spark's own account of running tasks lags behind by up to 100 ms: ask more than once. */
  private static final int AGREEING_ANSWERS = 4;

  private RunningTasks() {}

  /** Waits until no executor runs a task, for some seconds at most: other jobs may be running. */
  public static void awaitNone(JavaSparkContext spark) {
    long started = System.nanoTime();
    int idleAnswers = 0;
    try {
      while (idleAnswers < AGREEING_ANSWERS && System.nanoTime() - started < LONGEST_WAIT) {
        Thread.sleep(PAUSE_MILLIS);
        idleAnswers = running(spark) == 0 ? idleAnswers + 1 : 0;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static int running(JavaSparkContext spark) {
    return Arrays.stream(spark.sc().statusTracker().getExecutorInfos())
        .mapToInt(SparkExecutorInfo::numRunningTasks)
        .sum();
  }
}
