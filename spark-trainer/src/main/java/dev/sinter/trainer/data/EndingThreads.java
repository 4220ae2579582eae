package dev.sinter.trainer.data;

import java.util.List;

/** Threads that were told to end. */
public final class EndingThreads {
  private EndingThreads() {}

  /** Waits until all have ended; an interruption meanwhile is kept for whoever waits next. */
  public static void await(List<Thread> threads) {
    boolean interrupted = false;
    for (Thread thread : threads) {
      while (thread.isAlive()) {
        try {
          thread.join();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
