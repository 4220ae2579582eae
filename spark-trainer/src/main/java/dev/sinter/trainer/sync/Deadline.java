package dev.sinter.trainer.sync;

import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;

/**
 * Waits no longer than the run allows, and notices that the task was cancelled meanwhile.
 *
 * @param timeoutSeconds of {@code cluster.timeout-seconds}
 * @param cancelled whether Spark wants this task to end
 */
record Deadline(double timeoutSeconds, BooleanSupplier cancelled) {
  private static final long CANCELLATION_CHECK_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

  /** Waits for a message; {@code what} completes the sentence "waited 120 s for ...". */
  <T> T await(CompletableFuture<T> future, String what) {
    long end = System.nanoTime() + (long) (timeoutSeconds * 1e9);
    while (true) {
      long left = end - System.nanoTime();
      try {
        return future.get(
            Math.max(0, Math.min(left, CANCELLATION_CHECK_NANOS)), TimeUnit.NANOSECONDS);
      } catch (TimeoutException e) {
        if (cancelled.getAsBoolean()) {
          throw new CancellationException("the task was cancelled while it waited for " + what);
        }
        if (left <= 0) {
          throw timeout(what, e);
        }
      } catch (ExecutionException e) {
        throw failure(e.getCause(), what);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new CancellationException("interrupted while waiting for " + what);
      }
    }
  }

  private SinterException timeout(String what, TimeoutException cause) {
    return new SinterException(
        ErrorCategory.RESOURCES,
        "EXCHANGE_TIMEOUT",
        "waited " + timeoutSeconds + " s for " + what,
        "See that worker's executor log for what held it up; if it is only slow, raise"
            + " cluster.timeout-seconds.",
        cause);
  }

  private static RuntimeException failure(Throwable cause, String what) {
    if (cause instanceof SinterException known) {
      return new SinterException(
          known.category(),
          known.code(),
          known.getMessage() + ", while waiting for " + what,
          known.remedy(),
          known);
    }
    return PeerFailures.lost(cause.getMessage() + ", while waiting for " + what, cause);
  }
}
