package dev.sinter.trainer.doctor;

import dev.sinter.trainer.config.RunConfig;
import dev.sinter.trainer.training.MemoryEstimate;
import dev.sinter.trainer.training.WorkerSizing;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.apache.spark.SparkConf;
import org.apache.spark.network.util.JavaUtils;
import org.bytedeco.javacpp.Pointer;

/** What a worker needs outside the heap, against every limit on it. */
final class MemoryCheck implements Check {
  private static final String OVERHEAD = "spark.executor.memoryOverhead";
  private static final String OPTIONS = " in spark.executor.extraJavaOptions";
  private static final long LEAST_OVERHEAD = 384L << 20;
  private static final double OVERHEAD_FACTOR = 0.1;

  /** Of an executor's process, in bytes; 0 where javacpp has no limit. */
  private record OwnMemory(long heap, long available, long javacpp, long javacppPhysical)
      implements Serializable {
    static OwnMemory here() {
      return new OwnMemory(
          Runtime.getRuntime().maxMemory(),
          MemoryEstimate.availableBytes(),
          Pointer.maxBytes(),
          Pointer.maxPhysicalBytes());
    }
  }

  private record Limit(String what, long bytes, long needed, String setting) {}

  @Override
  public String name() {
    return "memory";
  }

  @Override
  public List<Finding> examine(Site site) {
    List<Answer<OwnMemory>> answers = site.ask(OwnMemory::here);
    if (site.run().isEmpty()) {
      long least = answers.stream().mapToLong(it -> available(site, it.value())).min().orElse(0);
      return List.of(
          Finding.ok(name(), Wording.bytes(least) + " outside the heap of each executor"));
    }
    RunConfig run = site.run().get();
    PlannedNetwork planned = PlannedNetwork.of(run, site.hadoop());
    MemoryEstimate need = WorkerSizing.of(run, site.conf()).memory(planned.network());
    int workers = Crowding.of(site).workersPerExecutor();
    String found = describe(run, planned, need, workers);
    long least = Long.MAX_VALUE;
    for (Answer<OwnMemory> answer : answers) {
      for (Limit limit : limits(site, answer.value(), need, workers)) {
        if (limit.needed() > limit.bytes()) {
          return List.of(
              Finding.failure(
                  name(),
                  found
                      + ", but "
                      + limit.what()
                      + " leaves "
                      + Wording.bytes(Math.max(0, limit.bytes()))
                      + (site.embedded() ? "" : " on " + answer.who()),
                  limit.setting()));
        }
        least = Math.min(least, limit.bytes());
      }
    }
    return List.of(Finding.ok(name(), found + "; " + Wording.bytes(least) + " allowed"));
  }

  private static String describe(
      RunConfig run, PlannedNetwork planned, MemoryEstimate need, int workers) {
    return run.model().name()
        + " at "
        + planned.network().spec().input()
        + " ("
        + planned.basis()
        + "), micro-batch "
        + run.train().microBatchSize()
        + ": about "
        + Wording.bytes(need.totalBytes() * workers)
        + " outside the heap for "
        + Wording.count(workers, "worker")
        + " ("
        + Wording.bytes(need.vectorBytes())
        + " of weights, gradients and optimizer state, "
        + Wording.bytes(need.activationBytes())
        + " of activations each)";
  }

  private static List<Limit> limits(
      Site site, OwnMemory process, MemoryEstimate need, int workers) {
    long needed = need.totalBytes() * workers;
    String smaller = ", or a smaller train.micro-batch-size or model";
    List<Limit> limits = new ArrayList<>();
    limits.add(
        new Limit(
            "memory beside the heap",
            available(site, process),
            needed,
            "fewer workers or executors per host, more memory" + smaller));
    if (process.javacppPhysical() > 0) {
      limits.add(
          new Limit(
              "org.bytedeco.javacpp.maxphysicalbytes",
              process.javacppPhysical() - process.heap(),
              needed,
              "-Dorg.bytedeco.javacpp.maxphysicalbytes=0" + options(site) + smaller));
    }
    if (process.javacpp() > 0) {
      limits.add(
          new Limit(
              "org.bytedeco.javacpp.maxbytes",
              process.javacpp(),
              need.vectorBytes() * workers, // what is allocated through javacpp
              "-Dorg.bytedeco.javacpp.maxbytes=0" + options(site) + smaller));
    }
    overhead(site.conf())
        .ifPresent(
            bytes ->
                limits.add(
                    new Limit(
                        OVERHEAD,
                        bytes,
                        needed,
                        OVERHEAD + "=" + Wording.setting(needed) + smaller)));
    return limits;
  }

  private static String options(Site site) {
    return site.embedded() ? " in SINTER_JAVA_OPTS" : OPTIONS;
  }

  /** Executors of a host share what it has beside their heaps. */
  private static long available(Site site, OwnMemory process) {
    int perHost = Crowding.of(site).executorsPerHost();
    return (process.available() - (perHost - 1) * process.heap()) / perHost;
  }

  /** What a container manager allows beside the heap; none where no container is made. */
  static OptionalLong overhead(SparkConf conf) {
    String master = conf.get("spark.master", "");
    if (!master.equals("yarn") && !master.startsWith("k8s")) {
      return OptionalLong.empty();
    }
    if (conf.contains(OVERHEAD)) {
      return OptionalLong.of(JavaUtils.byteStringAsMb(conf.get(OVERHEAD)) << 20);
    }
    long heap = JavaUtils.byteStringAsMb(conf.get("spark.executor.memory", "1g")) << 20;
    double factor = conf.getDouble("spark.executor.memoryOverheadFactor", OVERHEAD_FACTOR);
    return OptionalLong.of(Math.max(LEAST_OVERHEAD, (long) (heap * factor)));
  }
}
