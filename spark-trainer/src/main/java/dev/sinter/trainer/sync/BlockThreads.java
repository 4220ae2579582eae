package dev.sinter.trainer.sync;

import dev.sinter.trainer.optimizer.UpdatePlan;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Works on vectors with all of a worker's cores, on runs of whole blocks. Blocks do not depend on
 * each other, so the number of threads changes no bit.
 */
final class BlockThreads implements AutoCloseable {
  private final int threads;
  private final ExecutorService others;

  /** Work on some blocks. */
  @FunctionalInterface
  interface Work {
    /** Works on floats {@code from} to {@code to}, on the thread numbered {@code part}. */
    void run(int part, int from, int to);
  }

  BlockThreads(int threads) {
    this.threads = threads;
    this.others =
        Executors.newFixedThreadPool(
            Math.max(1, threads - 1),
            task -> {
              Thread thread = new Thread(task, "sinter-blocks");
              thread.setDaemon(true);
              return thread;
            });
  }

  int count() {
    return threads;
  }

  /** Where a part of a vector begins: at a block. */
  int start(int part, int length) {
    long blocks = (length + UpdatePlan.BLOCK - 1L) / UpdatePlan.BLOCK;
    return (int) Math.min(length, blocks * part / threads * UpdatePlan.BLOCK);
  }

  /** Runs the work on every part of a vector; returns when all are done. */
  void run(int length, Work work) {
    List<Future<?>> running = new ArrayList<>();
    for (int i = 1; i < threads; i++) {
      int part = i;
      running.add(
          others.submit(() -> work.run(part, start(part, length), start(part + 1, length))));
    }
    Throwable failure = null;
    try {
      work.run(0, 0, start(1, length));
    } catch (RuntimeException | Error e) {
      failure = e;
    }
    // All of them, whatever fails: the vectors must outlive the work.
    for (Future<?> part : running) {
      Throwable ofPart = failureOf(part);
      failure = failure == null ? ofPart : failure;
    }
    if (failure instanceof Error error) {
      throw error;
    }
    if (failure instanceof RuntimeException exception) {
      throw exception;
    }
  }

  /** Waits for a part, also when interrupted; nothing if it went well. */
  private static Throwable failureOf(Future<?> part) {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          part.get();
          return null;
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } catch (ExecutionException e) {
      return e.getCause();
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Override
  public void close() {
    others.shutdown();
  }
}
