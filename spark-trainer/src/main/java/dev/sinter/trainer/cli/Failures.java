package dev.sinter.trainer.cli;

import dev.sinter.error.ErrorCategory;
import dev.sinter.error.Redaction;
import dev.sinter.error.SinterException;
import java.io.PrintWriter;
import java.io.StringWriter;

/** Turns whatever ended a command into a coded sentence and an exit code. */
final class Failures {
  private Failures() {}

  /** The coded failure behind an exception, however deep Spark has wrapped it. */
  static SinterException coded(Throwable thrown) {
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      if (cause instanceof SinterException coded) {
        return coded;
      }
    }
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      String message = String.valueOf(cause.getMessage());
      if (cause instanceof OutOfMemoryError || message.contains("OutOfMemoryError")) {
        return new SinterException(
            ErrorCategory.RESOURCES,
            "OUT_OF_MEMORY",
            "memory ran out: " + firstLine(message),
            "give more (SINTER_HEAP=4g for the launcher; spark.driver.memory, spark.executor.memory and"
                + " spark.executor.memoryOverhead on a cluster), or lower train.micro-batch-size",
            thrown);
      }
      if (message.contains("System memory") && message.contains("must be at least")) {
        return new SinterException(
            ErrorCategory.RESOURCES,
            "OUT_OF_MEMORY",
            "the JVM's heap of "
                + Runtime.getRuntime().maxMemory() / (1 << 20)
                + " MiB is too small for Spark, which needs at least 450 MiB",
            "give more with SINTER_HEAP=2g, or spark.driver.memory under spark-submit",
            thrown);
      }
      if (cause instanceof LinkageError) {
        return new SinterException(
            ErrorCategory.RESOURCES,
            "NATIVE_LIBRARY_MISSING",
            "a native library cannot be loaded: " + firstLine(message),
            "Sinter's native libraries are for Linux on x86-64 with glibc 2.28 or newer; on a cluster, give them to"
                + " the executors with --jars",
            thrown);
      }
      if (message.contains("SparkContext was shut down") || message.contains("cancelled")) {
        return new SinterException(
            ErrorCategory.RESOURCES,
            "CANCELLED",
            "the job was cancelled: " + firstLine(message),
            "start it again; training goes on from its last checkpoint",
            thrown);
      }
      if (message.contains("Cannot call methods on a stopped SparkContext")) {
        return new SinterException(
            ErrorCategory.RESOURCES,
            "CLUSTER_UNREACHABLE",
            "Spark's master did not take this application, or ended it",
            "check the master's address (--master, spark.master), that it runs, and that it has the same"
                + " spark.authenticate.secret; Spark's log above says more",
            thrown);
      }
      if (message.contains("All masters are unresponsive")
          || message.contains("Could not parse Master URL")) {
        return new SinterException(
            ErrorCategory.RESOURCES,
            "CLUSTER_UNREACHABLE",
            "Spark's master cannot be reached: " + firstLine(message),
            "check the master's address (--master, spark.master) and that it runs",
            thrown);
      }
      if (message.contains("No space left on device")) {
        return new SinterException(
            ErrorCategory.RESOURCES,
            "DISK_FULL",
            firstLine(message),
            "free space, or point the output (and spark.local.dir) to a file system with more",
            thrown);
      }
    }
    return new SinterException(
        ErrorCategory.BUG,
        "INTERNAL_ERROR",
        thrown.getClass().getSimpleName() + ": " + firstLine(String.valueOf(thrown.getMessage())),
        "this is a bug in Sinter; run again with --debug and report what it prints",
        thrown);
  }

  /** Prints the failure: code, problem, next step; the stack trace only when asked for. */
  static void print(PrintWriter out, SinterException failure, Throwable thrown, boolean debug) {
    out.println("error " + failure.code() + ": " + Redaction.of(failure.getMessage()));
    out.println("  next: " + Redaction.of(failure.remedy()));
    if (debug) {
      StringWriter trace = new StringWriter();
      thrown.printStackTrace(new PrintWriter(trace));
      out.print(Redaction.of(trace.toString()));
    }
    out.flush();
  }

  private static String firstLine(String text) {
    return text.lines().findFirst().orElse("");
  }
}
