package dev.sinter.trainer.cli;

import dev.sinter.trainer.bench.SyncBenchmark;
import dev.sinter.trainer.bench.SyncBenchmark.Report;
import dev.sinter.trainer.bench.SyncBenchmark.Result;
import dev.sinter.trainer.bench.SyncCase;
import dev.sinter.trainer.bench.SyncCase.Method;
import dev.sinter.trainer.run.Console;
import dev.sinter.trainer.sync.Compression;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code sinter bench sync}. */
@Command(
    name = "sync",
    mixinStandardHelpOptions = true,
    description = {
      "Measures the exchange between executors: the mean of a vector over all of them, beside plain"
          + " TCP connections that carry the same bytes between the same processes.",
      "Without spark-submit, the executors are processes on this machine, one core each."
    })
final class BenchSyncCommand implements Callable<Integer> {
  /** Executors on one machine; more would only measure its scheduler. */
  private static final int MOST_WORKERS = 64;

  private static final int DL4J_ROUNDS = 5;

  @Option(
      names = "--workers",
      split = ",",
      paramLabel = "N",
      description = "list of numbers of executors (default: 2,4)")
  private List<Integer> workers = List.of(2, 4);

  @Option(
      names = "--floats",
      description = "length of the vector (default: 25600000, the parameters of ResNet-50)")
  private int floats = 25_600_000;

  @Option(
      names = "--compression",
      split = ",",
      paramLabel = "NAME",
      description = {
        "list of none (the exchange alone: the mean of a vector), fp16, bf16, threshold and top-k"
            + " (a whole synchronisation of gradient-sharing) (default: none)"
      })
  private List<String> compressions = List.of(Compression.Kind.NONE.key());

  @Option(names = "--rounds", description = "how often each is measured (default: 20)")
  private int rounds = 20;

  @Option(
      names = "--no-dl4j-averaging",
      negatable = true,
      description =
          "leave out the round of DL4J's parameter averaging, with the fewest executors, that"
              + " stands for comparison")
  private boolean dl4j = true;

  @Mixin private CommonOptions common;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    for (int count : workers) {
      requireWithin("--workers", count, 2, MOST_WORKERS);
    }
    requireWithin("--floats", floats, 1, 1 << 29);
    requireWithin("--rounds", rounds, 1, 100_000);
    Console console = common.console();
    Consumer<Result> listener = result -> print(console, result);
    Report report = measure(listener);
    JsonOutput.write(common.json(), report);
    return 0;
  }

  private Report measure(Consumer<Result> listener) {
    List<SyncCase> cases = cases();
    if (!new SparkConf().contains("spark.master")) {
      return SyncBenchmark.run(cases, listener);
    }
    try (SparkSession session = SparkSessions.open("sinter bench sync")) {
      return SyncBenchmark.run(
          cases, listener, JavaSparkContext.fromSparkContext(session.sparkContext()));
    }
  }

  private List<SyncCase> cases() {
    List<SyncCase> cases = new ArrayList<>();
    for (Compression.Kind kind : kinds()) {
      Method method = kind == Compression.Kind.NONE ? Method.ALL_REDUCE : Method.GRADIENT_SHARING;
      for (int count : new LinkedHashSet<>(workers)) {
        cases.add(new SyncCase(method, kind, count, floats, rounds));
      }
    }
    if (dl4j) {
      int fewest = Collections.min(workers);
      cases.add(
          new SyncCase(
              Method.DL4J_AVERAGING,
              Compression.Kind.NONE,
              fewest,
              floats,
              Math.min(rounds, DL4J_ROUNDS)));
    }
    return cases;
  }

  private Set<Compression.Kind> kinds() {
    Set<Compression.Kind> kinds = new LinkedHashSet<>();
    for (String compression : compressions) {
      try {
        kinds.add(Compression.Kind.byKey(compression));
      } catch (IllegalArgumentException e) {
        throw new ParameterException(
            spec.commandLine(),
            "--compression is '"
                + compression
                + "', not one of "
                + Stream.of(Compression.Kind.values())
                    .map(Compression.Kind::key)
                    .collect(Collectors.joining(", ")),
            e);
      }
    }
    return kinds;
  }

  private static void print(Console console, Result result) {
    if (result.method().equals(Method.DL4J_AVERAGING.key())) {
      console.line(
          "%d workers, %,d floats: %.1f ms by a round of DL4J's parameter averaging",
          result.workers(), result.floats(), result.milliseconds());
      return;
    }
    console.line(
        "%d workers, %,d floats, %s%s: %.1f ms, %,d bytes sent per worker, %.2f of the speed of plain TCP"
            + " (%.1f ms); processor time %.2f ns per byte (plain TCP %.2f)",
        result.workers(),
        result.floats(),
        result.method(),
        result.compression().equals("none") ? "" : " with " + result.compression(),
        result.milliseconds(),
        result.bytesSent(),
        result.loopbackFraction(),
        result.plainMilliseconds(),
        result.cpuNanosPerByte(),
        result.plainCpuNanosPerByte());
  }

  private void requireWithin(String option, int value, int least, int most) {
    if (value < least || value > most) {
      throw new ParameterException(
          spec.commandLine(), option + " is " + value + ", not " + least + " to " + most);
    }
  }
}
