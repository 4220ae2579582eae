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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.collection.JavaConverters;

/**
 * Tasks that outlive their job: Spark ends a job at its first failed task and only asks the others
 * to stop. What they still write would come after the clean-up.
 */
public final class RunningTasks extends SparkListener implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RunningTasks.class);
  private static final long LONGEST_WAIT_SECONDS = 20;

  /** A local property of this thread's jobs. */
  private static final String MARK = "sinter.tasks";

  private final JavaSparkContext spark;
  private final String mark = UUID.randomUUID().toString();
  private final String markBefore;
  private final CountDownLatch marked = new CountDownLatch(1);
  private final Set<Integer> stages = ConcurrentHashMap.newKeySet();
  private final Set<Long> running = ConcurrentHashMap.newKeySet();

  private RunningTasks(JavaSparkContext spark) {
    this.spark = spark;
    this.markBefore = spark.getLocalProperty(MARK);
  }

  /** Notices the tasks of jobs that this thread starts from now on. */
  public static RunningTasks watch(JavaSparkContext spark) {
    RunningTasks tasks = new RunningTasks(spark);
    spark.sc().addSparkListener(tasks);
    spark.setLocalProperty(MARK, tasks.mark);
    return tasks;
  }

  @Override
  public void onJobStart(SparkListenerJobStart event) {
    String of = event.properties().getProperty(MARK, "");
    if (of.equals(end())) {
      marked.countDown();
    } else if (of.equals(mark)) {
      JavaConverters.seqAsJavaList(event.stageIds()).forEach(stage -> stages.add((Integer) stage));
    }
  }

  @Override
  public void onTaskStart(SparkListenerTaskStart event) {
    if (stages.contains(event.stageId())) {
      running.add(event.taskInfo().taskId());
    }
  }

  @Override
  public synchronized void onTaskEnd(SparkListenerTaskEnd event) {
    running.remove(event.taskInfo().taskId());
    notifyAll();
  }

  /** Waits until none of them runs, for some seconds at most. */
  public void awaitNone() {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(LONGEST_WAIT_SECONDS);
    try {
      markThePresent();
      marked.await(LONGEST_WAIT_SECONDS, TimeUnit.SECONDS);
      awaitEnds(end);
    } catch (IllegalStateException e) {
      LOG.debug("the context has stopped, and its tasks with it", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private String end() {
    return mark + " end";
  }

  /** Events come late, but in their order: when this job is heard of, so are all tasks before. */
  private void markThePresent() {
    spark.setLocalProperty(MARK, end());
    try {
      spark.emptyRDD().collect(); // without a task
    } finally {
      spark.setLocalProperty(MARK, mark);
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
    spark.setLocalProperty(MARK, markBefore);
    spark.sc().removeSparkListener(this);
  }
}
