package dev.sinter.trainer.engine;

import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;

/** Tells which of a process's kinds of memory ran out, and which setting raises it. */
public final class MemoryLimits {
  private record Limit(String sign, String what, String remedy) {}

  private static final String OPTIONS =
      " in spark.executor.extraJavaOptions (JAVA_TOOL_OPTIONS for the launcher)";

  /** The first whose sign is in what an error says. */
  private static final Limit[] LIMITS = {
    new Limit(
        "> maxPhysicalBytes",
        "the process reached JavaCPP's limit of physical memory, not the machine's",
        "raise -Dorg.bytedeco.javacpp.maxphysicalbytes=12g" + OPTIONS),
    new Limit(
        "> maxBytes",
        "the process reached JavaCPP's limit of memory outside the Java heap, not the machine's",
        "raise -Dorg.bytedeco.javacpp.maxbytes=8g and -Dorg.bytedeco.javacpp.maxphysicalbytes=12g"
            + OPTIONS),
    new Limit(
        "irect buffer memory",
        "the JVM's limit of direct buffers, which are outside the Java heap, is reached",
        "raise -XX:MaxDirectMemorySize=4g" + OPTIONS),
    new Limit(
        "direct memory",
        "Netty's limit of direct buffers, which are outside the Java heap, is reached",
        "raise -XX:MaxDirectMemorySize=4g" + OPTIONS),
    new Limit(
        "native thread",
        "the system allows this process no more threads",
        "raise the limit of processes (ulimit -u, or the container's pids limit)"),
    new Limit(
        "Metaspace", "the JVM's space for classes is full", "raise -XX:MaxMetaspaceSize" + OPTIONS),
    new Limit(
        "Java heap space",
        "the Java heap is full",
        "give more with spark.executor.memory (SINTER_HEAP=4g for the launcher)"),
    new Limit(
        "GC overhead",
        "the Java heap is full",
        "give more with spark.executor.memory (SINTER_HEAP=4g for the launcher)"),
  };

  private MemoryLimits() {}

  /**
   * Explains an error; the error is kept beside the failure and not as its cause, for which Spark
   * would end the executor.
   *
   * @param who begins the sentence
   */
  public static SinterException explain(String who, Throwable error) {
    StringBuilder said = new StringBuilder();
    for (Throwable cause = error; cause != null; cause = cause.getCause()) {
      said.append(said.isEmpty() ? "" : ": ").append(cause.getMessage());
    }
    SinterException failure = explain(who, said.toString());
    failure.addSuppressed(error);
    return failure;
  }

  private static SinterException explain(String who, String said) {
    for (Limit limit : LIMITS) {
      if (said.contains(limit.sign())) {
        return failure(
            who + ": " + limit.what() + " (" + firstLine(said) + ")",
            limit.remedy() + ", or lower train.micro-batch-size");
      }
    }
    return failure(
        who + ": memory outside the Java heap ran out (" + firstLine(said) + ")",
        "lower train.micro-batch-size, or give the executors more memory outside the Java heap"
            + " (spark.executor.memoryOverhead; without a cluster, a machine with more)");
  }

  private static SinterException failure(String problem, String remedy) {
    return new SinterException(ErrorCategory.RESOURCES, "OUT_OF_MEMORY", problem, remedy);
  }

  private static String firstLine(String text) {
    return text.lines().findFirst().orElse("");
  }
}
