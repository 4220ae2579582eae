package dev.sinter.trainer.data;

import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import dev.sinter.trainer.engine.Batch;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Queue;
import java.util.function.Supplier;

/**
 * Fills the next batches of a worker's lanes while the current step runs.
 *
 * <p>Each lane has two batches: one in use, one being filled. A lane is filled by one thread at a
 * time, in step order, and a batch depends on (epoch, step, lane) alone, so timing changes nothing.
 * The lanes may be taken from different threads, each lane from one at a time.
 */
public final class Prefetcher implements AutoCloseable {
  private static final int BATCHES_PER_LANE = 2;

  /** Fills one batch; each prefetching thread has its own. */
  @FunctionalInterface
  public interface Filler {
    /** Fills {@code batch} for a step of the run, counted from 0, and a lane. */
    void fill(long step, int lane, Batch batch);
  }

  private static final class Lane {
    final int index;
    final Queue<Batch> free = new ArrayDeque<>();
    final Queue<Batch> ready = new ArrayDeque<>();
    Batch inUse;
    long nextToFill;
    long nextToTake;
    boolean filling;

    Lane(int index, long firstStep) {
      this.index = index;
      this.nextToFill = firstStep;
      this.nextToTake = firstStep;
    }
  }

  private final LanePlan.Range range;
  private final long endStep;
  private final Duration timeout;
  private final List<Lane> lanes = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();
  private Throwable failure;
  private boolean closed;

  /**
   * Starts filling.
   *
   * @param range the worker's lanes
   * @param firstStep step of the run to begin with, counted from 0
   * @param endStep one past the last step
   * @param threadCount prefetching threads; more than lanes is no use
   * @param fillers makes each thread's filler
   * @param batches allocates batches
   * @param timeout longest wait for a batch
   */
  public Prefetcher(
      LanePlan.Range range,
      long firstStep,
      long endStep,
      int threadCount,
      Supplier<Filler> fillers,
      Supplier<Batch> batches,
      Duration timeout) {
    this.range = range;
    this.endStep = endStep;
    this.timeout = timeout;
    for (int lane = range.from(); lane < range.to(); lane++) {
      Lane slot = new Lane(lane, firstStep);
      for (int i = 0; i < BATCHES_PER_LANE; i++) {
        slot.free.add(batches.get());
      }
      lanes.add(slot);
    }
    for (int i = 0; i < threadCount; i++) {
      Filler filler = fillers.get();
      Thread thread = new Thread(() -> run(filler), "sinter-prefetch-" + i);
      thread.setDaemon(true);
      threads.add(thread);
    }
    threads.forEach(Thread::start);
  }

  /** Prefetches training batches, with one assembler per thread. */
  public static Prefetcher start(
      SampleOrder order,
      LanePlan.Range range,
      long firstStep,
      long endStep,
      int threadCount,
      Supplier<BatchAssembler> assemblers,
      Supplier<Batch> batches,
      Duration timeout) {
    LanePlan plan = order.plan();
    Supplier<Filler> fillers =
        () -> {
          BatchAssembler assembler = assemblers.get();
          return (step, lane, batch) ->
              assembler.fill(order, plan.epochOf(step), plan.stepInEpoch(step), lane, batch);
        };
    return new Prefetcher(range, firstStep, endStep, threadCount, fillers, batches, timeout);
  }

  /**
   * A lane's batch of a step; valid until the lane's next is taken.
   *
   * @param step must follow the lane's previous one
   * @param lane one of the worker's lanes
   * @throws SinterException {@code PREFETCH_TIMEOUT}, or what failed while filling
   */
  public synchronized Batch take(long step, int lane) throws InterruptedException {
    Lane slot = lanes.get(lane - range.from());
    if (step != slot.nextToTake) {
      throw new IllegalStateException(
          "lane " + lane + " is at step " + slot.nextToTake + ", not " + step);
    }
    if (step >= endStep) {
      throw new NoSuchElementException("step " + step + " of " + endStep);
    }
    if (slot.inUse != null) {
      slot.free.add(slot.inUse);
      slot.inUse = null;
      notifyAll();
    }
    long deadline = System.nanoTime() + timeout.toNanos();
    while (slot.ready.isEmpty() && failure == null && !closed) {
      long millis = (deadline - System.nanoTime()) / 1_000_000;
      if (millis <= 0) {
        throw late(step, lane);
      }
      wait(millis);
    }
    // What was filled before a failure is still good, but the run cannot go on.
    rethrow(failure);
    if (closed) {
      throw new IllegalStateException("the prefetcher is closed");
    }
    slot.inUse = slot.ready.remove();
    slot.nextToTake++;
    return slot.inUse;
  }

  /** Stops and joins the threads; a batch that is being filled is finished first. */
  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      notifyAll();
    }
    EndingThreads.await(threads);
  }

  private void run(Filler filler) {
    try {
      for (Lane lane = claim(); lane != null; lane = claim()) {
        Batch batch;
        synchronized (this) {
          batch = lane.free.remove();
        }
        filler.fill(lane.nextToFill, lane.index, batch);
        finish(lane, batch);
      }
    } catch (Throwable e) {
      fail(e);
    }
  }

  /** The lane that is furthest behind among those with a free batch; null at the end. */
  private synchronized Lane claim() throws InterruptedException {
    while (!closed && failure == null) {
      Lane behind = null;
      boolean left = false;
      for (Lane lane : lanes) {
        boolean unfinished = lane.nextToFill < endStep;
        left |= unfinished;
        if (unfinished
            && !lane.filling
            && !lane.free.isEmpty()
            && (behind == null || lane.nextToFill < behind.nextToFill)) {
          behind = lane;
        }
      }
      if (behind != null) {
        behind.filling = true;
        return behind;
      }
      if (!left) {
        return null;
      }
      wait();
    }
    return null;
  }

  private synchronized void finish(Lane lane, Batch batch) {
    lane.ready.add(batch);
    lane.filling = false;
    lane.nextToFill++;
    notifyAll();
  }

  private synchronized void fail(Throwable e) {
    if (failure == null) {
      failure = e;
    }
    notifyAll();
  }

  private static void rethrow(Throwable failure) {
    if (failure instanceof Error error) {
      throw error;
    }
    if (failure instanceof RuntimeException exception) {
      throw exception;
    }
    if (failure != null) {
      throw new IllegalStateException(failure);
    }
  }

  private SinterException late(long step, int lane) {
    return new SinterException(
        ErrorCategory.RESOURCES,
        "PREFETCH_TIMEOUT",
        String.format(
            "The batch of step %d, lane %d was not filled within %d s.",
            step, lane, timeout.toSeconds()),
        "Check the executor's local disk, or raise cluster.timeout-seconds.");
  }
}
