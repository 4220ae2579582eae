package dev.sinter.trainer.training;

import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import dev.sinter.trainer.engine.MemoryLimits;
import java.io.IOException;
import java.util.Set;
import org.apache.hadoop.fs.FSError;

/** Says what a worker's failure means, and whether a restart of the stage may help. */
final class WorkerFailures {
  /** Failures of resources that a restart would only meet again. */
  private static final Set<String> FINAL_CODES =
      Set.of(
          "DISK_FULL",
          "OUT_OF_MEMORY",
          "MEMORY_TOO_SMALL",
          "NATIVE_LIBRARY_MISSING",
          "GPU_ADDRESS_INVALID",
          "GPU_AMOUNT_INVALID",
          "GPU_DRIVER_MISSING",
          "GPU_LIBRARY_MISSING",
          "GPU_NOT_FOUND",
          "GPU_NOT_SUPPORTED",
          "GPU_SHARED",
          "CUBLAS_WORKSPACE_UNSET",
          "OPERATION_NOT_DETERMINISTIC",
          "ND4J_BACKEND_MISMATCH");

  /** What workers say when another one failed first. */
  private static final Set<String> FOLLOWING_CODES =
      Set.of("PEER_LOST", "PEER_REFUSED", "EXCHANGE_TIMEOUT");

  private WorkerFailures() {}

  /** The coded failure of a worker, whatever ended it. */
  static SinterException coded(int rank, Throwable thrown) {
    if (thrown instanceof SinterException known) {
      return known;
    }
    SinterException failure;
    Throwable error = error(thrown);
    if (error instanceof OutOfMemoryError) {
      failure = MemoryLimits.explain("worker " + rank + " ran out of memory", error);
    } else if (error instanceof FSError
        && String.valueOf(error.getMessage()).contains("No space left")) {
      failure =
          new SinterException(
              ErrorCategory.RESOURCES,
              "DISK_FULL",
              "no space is left where worker " + rank + " writes: " + error.getMessage(),
              "free space, or set train.output to a file system with more; nothing half-written was kept");
    } else if (error instanceof LinkageError) {
      failure =
          new SinterException(
              ErrorCategory.RESOURCES,
              "NATIVE_LIBRARY_MISSING",
              "worker " + rank + " cannot load a library: " + error,
              "run on Linux x86-64, and give the executors all jars that spark-trainer/target/launcher/jars lists");
    } else if (thrown instanceof RuntimeException || thrown instanceof Error) {
      failure =
          new SinterException(
              ErrorCategory.BUG,
              "INTERNAL_ERROR",
              thrown.getClass().getSimpleName() + ": " + thrown.getMessage(),
              "this is a bug in Sinter; run again with --debug and report what it prints",
              error == null ? thrown : null);
    } else { // Spark throws its checked exceptions undeclared
      failure =
          new SinterException(
              ErrorCategory.RESOURCES,
              thrown instanceof IOException ? "FILE_SYSTEM_FAILURE" : "WORKER_FAILED",
              "worker " + rank + " failed: " + thrown,
              "see that worker's executor log for what went before",
              error == null ? thrown : null);
    }
    if (error != null) {
      // Not the cause: Spark would end the whole process before the driver hears of it.
      failure.addSuppressed(thrown);
    }
    return failure;
  }

  private static Throwable error(Throwable thrown) {
    Throwable cause = thrown;
    while (cause != null && !(cause instanceof Error)) {
      cause = cause.getCause();
    }
    return cause;
  }

  /** Whether the stage may start again after it. */
  static boolean restarts(SinterException failure) {
    return failure.category() == ErrorCategory.RESOURCES && !FINAL_CODES.contains(failure.code());
  }

  /** Of two failures the later attempt's, and within an attempt the one that says more. */
  static WorkerMessage.Failed cause(WorkerMessage.Failed earlier, WorkerMessage.Failed later) {
    return earlier == null
            || earlier.stageAttempt() < later.stageAttempt()
            || FOLLOWING_CODES.contains(earlier.failure().code())
        ? later
        : earlier;
  }

  /** For workers that ended without a word. */
  static SinterException lost() {
    return new SinterException(
        ErrorCategory.RESOURCES,
        "WORKER_LOST",
        "a worker's executor ended and could not say why",
        "see the executor's log: most often the cluster manager ended it for its memory"
            + " (spark.executor.memoryOverhead), or its host is gone");
  }

  /** The end of a run that keeps failing. */
  static SinterException repeated(SinterException last, int attempts) {
    return new SinterException(
        last.category(),
        last.code(),
        last.getMessage() + " (the last of " + attempts + " attempts that ended before an epoch)",
        last.remedy(),
        last);
  }
}
