package dev.sinter.trainer.training;

import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import dev.sinter.trainer.checkpoint.CheckpointManifest.EpochRecord;
import dev.sinter.trainer.config.ClusterConfig;
import dev.sinter.trainer.engine.device.SparkDevices;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.Timer;
import java.util.TimerTask;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.apache.spark.SparkContext;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.collection.JavaConverters;

/**
 * Watches a run from the driver: passes the workers' messages on, ends a wait for slots that lasts
 * too long, and cancels the job when a worker meets a failure that a restart would only repeat.
 */
final class RunMonitor implements StageTasks.Events {
  private static final Logger LOG = LoggerFactory.getLogger(RunMonitor.class);
  private static final long CHECK_MILLIS = 200;
  static final String JOB_GROUP = "spark.jobGroup.id";
  private static final List<String> JOB_PROPERTIES =
      List.of(JOB_GROUP, "spark.job.description", "spark.job.interruptOnCancel");
  private static final String STAGE_ABORTED = "Job aborted due to stage failure";

  /** Attempts in a row that may end before an epoch does. */
  private static final int FRUITLESS_ATTEMPTS = 4;

  private final SparkContext context;
  private final TrainingPlan plan;
  private final ClusterConfig cluster;
  private final TrainingListener listener;
  private final Supplier<Optional<SinterException>> ending;
  private final Set<Integer> started = new HashSet<>();
  private final AtomicReference<SinterException> failure = new AtomicReference<>();
  private final CountDownLatch failed = new CountDownLatch(1);
  private final AtomicReference<WorkerMessage.Failed> restarting = new AtomicReference<>();
  private int stageAttempt = -1;
  private volatile int fruitfulAttempt = -1;
  private boolean waitingForSlots;
  private long slotsDeadlineNanos;
  private volatile long startNanos;
  private volatile double seconds;
  private volatile int reportedEpochs;

  /**
   * A run's watch.
   *
   * @param ending asked now and then for a reason to end the run
   */
  RunMonitor(
      SparkSession spark,
      TrainingPlan plan,
      ClusterConfig cluster,
      TrainingListener listener,
      Supplier<Optional<SinterException>> ending) {
    this.context = spark.sparkContext();
    this.plan = plan;
    this.cluster = cluster;
    this.listener = listener;
    this.ending = ending;
  }

  /** Runs the stage under watch. */
  <T> T supervise(Supplier<T> stage) {
    startNanos = System.nanoTime();
    // A notebook's own: its paragraphs are cancelled by group.
    Map<String, String> jobProperties = new HashMap<>();
    JOB_PROPERTIES.forEach(name -> jobProperties.put(name, context.getLocalProperty(name)));
    Timer watchdog = new Timer("sinter-slot-watchdog", true);
    DriverChannel channel = DriverChannel.open(plan.runId(), this::receive);
    StageTasks tasks = new StageTasks(plan.runId(), this);
    context.addSparkListener(tasks);
    try {
      context.setJobGroup(plan.runId(), "Sinter: train " + plan.network().spec().name(), true);
      waitForSlotsFromNow();
      watchdog.schedule(
          new TimerTask() {
            @Override
            public void run() {
              ending.get().ifPresent(RunMonitor.this::fail);
              checkSlots();
            }
          },
          CHECK_MILLIS,
          CHECK_MILLIS);
      awaitCapacity();
      return stage.get();
    } catch (Exception e) { // Spark throws its checked exceptions undeclared
      SinterException known = failure.get();
      if (known != null) {
        if (known != e) {
          known.addSuppressed(e);
        }
        throw known;
      }
      WorkerMessage.Failed last = restarting.get();
      if (last != null
          && last.stageAttempt() >= fruitfulAttempt
          && String.valueOf(e.getMessage()).startsWith(STAGE_ABORTED)) {
        last.failure().addSuppressed(e);
        throw last.failure();
      }
      throw e instanceof RuntimeException unchecked ? unchecked : new IllegalStateException(e);
    } finally {
      seconds = (System.nanoTime() - startNanos) / 1e9;
      watchdog.cancel();
      tasks.awaitEnds();
      context.removeSparkListener(tasks);
      channel.close();
      jobProperties.forEach(context::setLocalProperty);
    }
  }

  @Override
  public synchronized void onSubmitted(int attempt) {
    int fruitless = attempt - fruitfulAttempt - 1;
    if (fruitless >= FRUITLESS_ATTEMPTS) {
      WorkerMessage.Failed last = restarting.get();
      fail(
          WorkerFailures.repeated(
              last == null ? WorkerFailures.lost() : last.failure(), fruitless));
    } else if (attempt > 0 && attempt > stageAttempt) {
      waitForSlotsFromNow();
    }
  }

  /** Of an attempt that is over it says nothing about this one's slots. */
  @Override
  public synchronized void onTaskFailed(int attempt) {
    if (attempt >= stageAttempt) {
      waitForSlotsFromNow();
    }
  }

  private SinterException failureOf(int attempt) {
    WorkerMessage.Failed last = restarting.get();
    return last == null || last.stageAttempt() != attempt ? WorkerFailures.lost() : last.failure();
  }

  private synchronized void waitForSlotsFromNow() {
    slotsDeadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(cluster.timeoutSeconds());
    waitingForSlots = true;
  }

  /** Seconds from the first worker's slot to the end. */
  double seconds() {
    return seconds;
  }

  /**
   * Tells the listener of the last epochs of a finished run, if its result was faster than their
   * messages.
   */
  synchronized void reportRest(List<EpochRecord> history) {
    int best = EpochRecord.best(history);
    for (EpochRecord epoch : history) {
      if (reportedEpochs > 0 && epoch.epoch() > reportedEpochs) {
        reportedEpochs = epoch.epoch();
        listener.onEpoch(epoch, plan.configuration().train().epochs(), epoch.epoch() == best);
      }
    }
  }

  private void receive(WorkerMessage message) {
    if (!isCurrent(message)) {
      return; // a task that outlived its attempt
    }
    if (message instanceof WorkerMessage.Started it) {
      start(it);
    } else if (message instanceof WorkerMessage.Resumed it) {
      listener.onStart(it.step(), plan.totalSteps());
    } else if (message instanceof WorkerMessage.StepDone it) {
      listener.onStep(it.step(), it.meanLoss());
    } else if (message instanceof WorkerMessage.WorkerTold it) {
      listener.onWorker(it.progress());
    } else if (message instanceof WorkerMessage.EpochDone it) {
      fruitfulAttempt = it.stageAttempt();
      reportedEpochs = it.epoch().epoch();
      listener.onEpoch(it.epoch(), plan.configuration().train().epochs(), it.best());
    } else if (message instanceof WorkerMessage.Failed it) {
      if (it.restarts()) {
        restarting.updateAndGet(earlier -> WorkerFailures.cause(earlier, it));
      } else {
        fail(it.failure());
      }
    }
  }

  private boolean isCurrent(WorkerMessage message) {
    int attempt = message.stageAttempt();
    synchronized (this) {
      if (attempt <= stageAttempt) {
        return attempt == stageAttempt;
      }
      stageAttempt = attempt;
      started.clear();
    }
    if (attempt > 0) {
      SinterException why = failureOf(attempt - 1);
      LOG.warn("attempt {} begins after {}: {}", attempt, why.code(), why.getMessage());
      listener.onRestart(attempt, why);
    }
    return true;
  }

  private synchronized void start(WorkerMessage.Started it) {
    if (started.add(it.rank())) {
      if (started.size() == 1 && stageAttempt == 0) {
        startNanos = System.nanoTime();
      }
      if (started.size() == cluster.workers()) {
        waitingForSlots = false;
      }
    }
  }

  private synchronized void checkSlots() {
    if (waitingForSlots && System.nanoTime() - slotsDeadlineNanos > 0) {
      waitingForSlots = false;
      fail(
          gpusMissing()
              ? SparkDevices.tooFew(
                  cluster.workers(),
                  "after "
                      + cluster.timeoutSeconds()
                      + " s (cluster.timeout-seconds) its executors have "
                      + gpus())
              : new SinterException(
                  ErrorCategory.RESOURCES,
                  "SLOTS_TIMEOUT",
                  "Spark did not give "
                      + cluster.workers()
                      + " slots at once within "
                      + cluster.timeoutSeconds()
                      + " s (cluster.timeout-seconds); its executors have "
                      + slots(),
                  "lower cluster.workers, free the cluster, or raise cluster.timeout-seconds; each worker takes"
                      + " spark.task.cpus cores of an executor"));
    }
  }

  /**
   * Waits for executors with as many slots as there are workers. Not left to Spark: a barrier job
   * that it holds back for want of slots cannot be cancelled.
   */
  private void awaitCapacity() {
    try {
      while (slots() < cluster.workers()) {
        if (failed.await(CHECK_MILLIS, TimeUnit.MILLISECONDS)) {
          throw failure.get();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for executors", e);
    }
  }

  private boolean gpusMissing() {
    return SparkDevices.requested(context.conf()) && gpus() < cluster.workers();
  }

  private int gpus() {
    return JavaConverters.seqAsJavaListConverter(context.statusStore().executorList(true))
        .asJava()
        .stream()
        .flatMap(
            executor ->
                JavaConverters.mapAsJavaMapConverter(executor.resources())
                    .asJava()
                    .entrySet()
                    .stream())
        .filter(resource -> resource.getKey().equals("gpu"))
        .mapToInt(resource -> resource.getValue().addresses().length)
        .sum();
  }

  private int slots() {
    return context.maxNumConcurrentTasks(context.resourceProfileManager().defaultResourceProfile());
  }

  private void fail(SinterException known) {
    if (failure.compareAndSet(null, known)) {
      failed.countDown();
      context.cancelJobGroup(plan.runId());
    }
  }
}
