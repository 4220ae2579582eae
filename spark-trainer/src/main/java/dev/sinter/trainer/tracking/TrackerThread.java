package dev.sinter.trainer.tracking;

import dev.sinter.error.SinterException;
import java.io.IOException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Hands a run's course to one tracker on a thread of its own, so that a slow or dead one holds up
 * neither training nor another tracker. What does not fit into the queue is left out.
 */
final class TrackerThread implements AutoCloseable {
  private static final int QUEUE = 4096;

  /** What is told to a tracker. */
  @FunctionalInterface
  interface Action {
    void tell(RunTracker tracker) throws IOException;
  }

  private final RunTracker tracker;
  private final Consumer<SinterException> warnings;
  private final long patienceMillis;
  private final BlockingQueue<Action> queue = new ArrayBlockingQueue<>(QUEUE);
  private final Thread thread;
  private volatile boolean closing;
  private boolean warned;

  /**
   * Begins.
   *
   * @param warnings told the first failure, and no other
   * @param patienceMillis that the end waits for what is still to be written
   */
  TrackerThread(RunTracker tracker, Consumer<SinterException> warnings, long patienceMillis) {
    this.tracker = tracker;
    this.warnings = warnings;
    this.patienceMillis = patienceMillis;
    this.thread = new Thread(this::work, "sinter-" + tracker.getClass().getSimpleName());
    thread.setDaemon(true);
    thread.start();
  }

  /** Passes something on, soon; never waits. */
  void tell(Action action) {
    if (!queue.offer(action)) {
      warn(new IOException("it falls behind, and what it has no room for is left out"));
    }
  }

  /** Waits for what has been told, but not for ever. */
  @Override
  public void close() {
    closing = true;
    queue.offer(told -> {}); // wakes the thread
    try {
      thread.join(patienceMillis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (thread.isAlive()) {
      warn(new IOException("it did not take everything within " + patienceMillis / 1000 + " s"));
      thread.interrupt();
    }
  }

  private void work() {
    try (tracker) {
      while (true) {
        Action action = queue.poll(100, TimeUnit.MILLISECONDS);
        if (action != null) {
          attempt(action);
        } else if (closing && queue.isEmpty()) {
          return;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // given up by close
    } catch (IOException | RuntimeException | LinkageError e) {
      warn(e);
    }
  }

  private void attempt(Action action) {
    try {
      action.tell(tracker);
    } catch (IOException | RuntimeException | LinkageError e) {
      warn(e);
    }
  }

  private void warn(Throwable failure) {
    synchronized (this) {
      if (warned) {
        return;
      }
      warned = true;
    }
    warnings.accept(tracker.warning(failure));
  }
}
