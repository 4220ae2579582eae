package dev.sinter.trainer.doctor;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Executors that answer, with slots for all workers at once. */
final class ExecutorsCheck implements Check {
  private static final int PATIENCE_SECONDS = 30;

  @Override
  public String name() {
    return "executors";
  }

  @Override
  public List<Finding> examine(Site site) {
    Executors executors = site.executors();
    int wanted = site.run().map(run -> run.cluster().workers()).orElse(1);
    int patience = site.run().map(run -> run.cluster().timeoutSeconds()).orElse(PATIENCE_SECONDS);
    executors.await(wanted, patience);
    int slots = executors.slots();
    int taskCpus = site.conf().getInt("spark.task.cpus", 1);
    if (slots < wanted) {
      return List.of(
          Finding.failure(
              name(),
              Wording.count(wanted, "worker")
                  + " of "
                  + Wording.count(taskCpus, "core")
                  + " (spark.task.cpus), but after "
                  + patience
                  + " s "
                  + present(executors),
              slots == 0
                  ? "more executors or cores for the application, or spark.task.cpus to at most an executor's cores"
                  : "cluster.workers to at most "
                      + slots
                      + ", or more executors or cores for the application"));
    }
    int expected = executors.all().size();
    Set<String> reached =
        site.ask(() -> 1).stream().map(Answer::executor).collect(Collectors.toSet());
    if (reached.size() < expected) {
      return List.of(
          Finding.warning(
              name(),
              reached.size()
                  + " of "
                  + Wording.count(expected, "executor")
                  + " answered; the others are busy",
              "an application that does nothing else"));
    }
    return List.of(
        Finding.ok(
            name(),
            site.embedded()
                ? "embedded, " + Wording.count(slots, "slot") + " in this process"
                : present(executors)
                    + site.run()
                        .map(run -> ", for " + Wording.count(wanted, "worker"))
                        .orElse("")));
  }

  private static String present(Executors executors) {
    List<Executors.Executor> all = executors.all();
    int hosts = all.stream().map(Executors.Executor::host).collect(Collectors.toSet()).size();
    return Wording.count(all.size(), "executor")
        + " on "
        + Wording.count(hosts, "host")
        + " with "
        + Wording.count(executors.slots(), "slot");
  }
}
