package dev.sinter.dataset;

import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.scheduler.SparkListenerTaskStart;

/**
 * Tasks that outlive their job: Spark ends a job at its first failed task and only asks the others
 * to stop. What they still write would come after the clean-up.
 */
public final class RunningTasks extends SparkListener implements AutoCloseable {
  private static final long LONGEST_WAIT_SECONDS = 20;

  /** A local property that names a job without tasks. */
  private static final String MARK = "sinter.mark";

  private final JavaSparkContext spark;
  private final String mark = UUID.randomUUID().toString();
  private final CountDownLatch marked = new CountDownLatch(1);
  private final Set<Long> running = ConcurrentHashMap.newKeySet();

  private RunningTasks(JavaSparkContext spark) {
    this.spark = spark;
  }

  /** Notices the tasks that start from now on. */
  public static RunningTasks watch(JavaSparkContext spark) {
    RunningTasks tasks = new RunningTasks(spark);
    spark.sc().addSparkListener(tasks);
    return tasks;
  }

  @Override
  public void onTaskStart(SparkListenerTaskStart event) {
    running.add(event.taskInfo().taskId());
  }

  @Override
  public synchronized void onTaskEnd(SparkListenerTaskEnd event) {
    running.remove(event.taskInfo().taskId());
    notifyAll();
  }

  @Override
  public void onJobStart(SparkListenerJobStart event) {
    if (mark.equals(event.properties().getProperty(MARK))) {
      marked.countDown();
    }
  }

  /** Waits until no task runs, for some seconds at most: other jobs may be running. */
  public void awaitNone() {
    if (spark.sc().isStopped()) {
      return;
    }
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(LONGEST_WAIT_SECONDS);
    try {
      markThePresent();
      marked.await(LONGEST_WAIT_SECONDS, TimeUnit.SECONDS);
      awaitEnds(end);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Events come late, but in their order: when this job is heard of, so are all tasks before. */
  private void markThePresent() {
    spark.setLocalProperty(MARK, mark);
    try {
      spark.emptyRDD().collect();
    } finally {
      spark.setLocalProperty(MARK, null);
    }
  }

  private synchronized void awaitEnds(long end) throws InterruptedException {
    long left = end - System.nanoTime();
    while (!running.isEmpty() && left > 0) {
      TimeUnit.NANOSECONDS.timedWait(this, left);
      left = end - System.nanoTime();
    }
  }

  @Override
  public void close() {
    spark.sc().removeSparkListener(this);
  }
}
