package dev.sinter.trainer.training;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.spark.Success$;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerStageSubmitted;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.scheduler.SparkListenerTaskStart;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Follows the tasks of the workers' stage among all others of the Spark context. */
final class StageTasks extends SparkListener {
  private static final Logger LOG = LoggerFactory.getLogger(StageTasks.class);
  private static final Duration LONGEST_END = Duration.ofSeconds(15);

  /** What is heard of the workers' stage. */
  interface Events {
    /** An attempt was submitted; it will want all its slots. */
    void onSubmitted(int attempt);

    /** A task of an attempt failed, which restarts the stage. */
    void onTaskFailed(int attempt);
  }

  private final String jobGroup;
  private final Events events;
  private final Set<Long> running = new HashSet<>();
  private int stageId = -1;

  StageTasks(String jobGroup, Events events) {
    this.jobGroup = jobGroup;
    this.events = events;
  }

  @Override
  public void onStageSubmitted(SparkListenerStageSubmitted submitted) {
    if (submitted.properties() != null
        && jobGroup.equals(submitted.properties().getProperty(RunMonitor.JOB_GROUP))
        && isOurs(submitted.stageInfo().stageId())) {
      events.onSubmitted(submitted.stageInfo().attemptNumber());
    }
  }

  /**
   * The workers' stage is the first of its job; the one behind it is submitted when they are done.
   */
  private synchronized boolean isOurs(int submittedStage) {
    if (stageId < 0) {
      stageId = submittedStage;
    }
    return submittedStage == stageId;
  }

  @Override
  public synchronized void onTaskStart(SparkListenerTaskStart start) {
    if (start.stageId() == stageId) {
      running.add(start.taskInfo().taskId());
    }
  }

  @Override
  public void onTaskEnd(SparkListenerTaskEnd end) {
    boolean ours;
    synchronized (this) {
      running.remove(end.taskInfo().taskId());
      notifyAll();
      ours = end.stageId() == stageId;
    }
    if (ours && !(end.reason() instanceof Success$)) {
      events.onTaskFailed(end.stageAttemptId());
    }
  }

  /** Waits until the workers have ended: cancelled tasks go on for a while, and may write. */
  synchronized void awaitEnds() {
    long end = System.nanoTime() + LONGEST_END.toNanos();
    try {
      while (!running.isEmpty()) {
        long left = end - System.nanoTime();
        if (left <= 0) {
          LOG.warn("{} workers have not ended yet", running.size());
          return;
        }
        TimeUnit.NANOSECONDS.timedWait(this, left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
