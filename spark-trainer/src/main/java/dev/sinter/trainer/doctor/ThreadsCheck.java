package dev.sinter.trainer.doctor;

import dev.sinter.trainer.config.RunConfig;
import dev.sinter.trainer.training.WorkerSizing;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/** Cores of a worker against its lanes and their threads. */
final class ThreadsCheck implements Check {
  private static final String ND4J_THREADS = "OMP_NUM_THREADS";

  private record Threads(String nd4j, int processors) implements Serializable {
    static Threads here() {
      return new Threads(
          String.valueOf(System.getenv(ND4J_THREADS)), Runtime.getRuntime().availableProcessors());
    }
  }

  @Override
  public String name() {
    return "threads";
  }

  @Override
  public List<Finding> examine(Site site) {
    List<Answer<Threads>> answers = site.ask(Threads::here);
    List<Finding> findings = new ArrayList<>();
    site.run().ifPresent(run -> findings.add(lanes(site, run, answers)));
    for (Answer<Threads> answer : answers) {
      if (!answer.value().nd4j().equals("1")) {
        findings.add(
            Finding.warning(
                name(),
                "OMP_NUM_THREADS is "
                    + (answer.value().nd4j().equals("null") ? "not set" : answer.value().nd4j())
                    + " on "
                    + answer.who()
                    + ": ND4J's threads compete with the lanes",
                site.embedded()
                    ? "OMP_NUM_THREADS=1 in the environment"
                    : "spark.executorEnv.OMP_NUM_THREADS=1"));
        break;
      }
    }
    if (findings.isEmpty()) {
      findings.add(Finding.ok(name(), "OMP_NUM_THREADS is 1"));
    }
    return findings;
  }

  private Finding lanes(Site site, RunConfig run, List<Answer<Threads>> answers) {
    WorkerSizing sizing = WorkerSizing.of(run, site.conf());
    int threads = run.engine().threadsPerLane();
    String found =
        "a worker has "
            + Wording.count(sizing.cpus(), "core")
            + " and computes "
            + sizing.slots()
            + " of its "
            + Wording.count(sizing.lanes(), "lane")
            + " at once, with "
            + Wording.count(threads, "thread")
            + " each";
    if (threads > sizing.cpus()) {
      return Finding.warning(
          name(), found, "spark.task.cpus to at least " + threads + " (engine.threads-per-lane)");
    }
    if (sizing.cpus() / threads > sizing.lanes()) {
      return Finding.warning(
          name(),
          found,
          "train.lanes to "
              + Integer.highestOneBit(sizing.cpus() / threads) * run.cluster().workers()
              + ", or spark.task.cpus to "
              + sizing.lanes() * threads
              + ", for otherwise cores are idle");
    }
    int perExecutor = Crowding.of(site).workersPerExecutor() * Crowding.of(site).executorsPerHost();
    for (Answer<Threads> answer : answers) {
      if (perExecutor * sizing.cpus() > answer.value().processors()) {
        return Finding.warning(
            name(),
            found
                + "; "
                + Wording.count(perExecutor, "worker")
                + " on the "
                + Wording.count(answer.value().processors(), "processor")
                + " of "
                + answer.host(),
            "spark.executor.cores and spark.task.cpus to what the hosts have");
      }
    }
    return Finding.ok(name(), found);
  }
}
