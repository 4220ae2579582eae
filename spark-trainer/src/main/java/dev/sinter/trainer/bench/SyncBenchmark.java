package dev.sinter.trainer.bench;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Measures the all-reduce of a vector between executors, next to plain sockets that carry the same
 * bytes between the same processes.
 */
public final class SyncBenchmark {
  /**
   * Medians over the rounds.
   *
   * @param method {@code all-reduce}, {@code gradient-sharing}, or {@code dl4j-averaging}, of which
   *     only the time is known
   * @param milliseconds from a common start until the last worker has the mean
   * @param bytesSent payload per worker, the largest of all
   * @param loopbackFraction time of plain sockets divided by that of the all-reduce
   * @param plainMilliseconds of plain sockets
   * @param cpuNanosPerByte processor time of all workers divided by all bytes sent
   * @param plainCpuNanosPerByte the same of plain sockets
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Result(
      String method,
      int workers,
      int floats,
      String compression,
      double milliseconds,
      Long bytesSent,
      Double loopbackFraction,
      Double plainMilliseconds,
      Double cpuNanosPerByte,
      Double plainCpuNanosPerByte,
      List<Double> loopbackFractionByRound) {}

  /** Everything that was measured. */
  public record Report(List<Result> results) {}

  private SyncBenchmark() {}

  /** Measures in processes on this machine, an executor each. */
  public static Report run(List<SyncCase> cases, Consumer<Result> listener) {
    return run(cases, listener, SyncProcesses::measure);
  }

  /** Measures on the executors of a cluster, on which the tasks of a stage take a slot each. */
  public static Report run(
      List<SyncCase> cases, Consumer<Result> listener, JavaSparkContext spark) {
    return run(cases, listener, sync -> SyncStage.measure(spark, sync));
  }

  private static Report run(
      List<SyncCase> cases,
      Consumer<Result> listener,
      Function<SyncCase, List<SyncMeasurement>> measure) {
    List<Result> results = new ArrayList<>();
    for (SyncCase sync : cases) {
      Result result = result(sync, measure.apply(sync));
      results.add(result);
      listener.accept(result);
    }
    return new Report(results);
  }

  private static Result result(SyncCase sync, List<SyncMeasurement> workers) {
    if (sync.method() == SyncCase.Method.DL4J_AVERAGING) {
      double nanos = StepBenchmark.median(workers.get(0).rounds(), SyncMeasurement.Round::nanos);
      return new Result(
          sync.method().key(),
          sync.workers(),
          sync.floats(),
          sync.compression().key(),
          nanos / 1e6,
          null,
          null,
          null,
          null,
          null,
          null);
    }
    return allReduceResult(sync, workers);
  }

  private static Result allReduceResult(SyncCase sync, List<SyncMeasurement> workers) {
    long bytes = workers.stream().mapToLong(SyncMeasurement::bytesSent).sum();
    List<Round> rounds = new ArrayList<>();
    for (int i = 0; i < sync.rounds(); i++) {
      int round = i;
      rounds.add(Round.of(workers.stream().map(worker -> worker.rounds().get(round)).toList()));
    }
    ToDoubleFunction<Round> fraction = round -> round.plainNanos() / round.nanos();
    return new Result(
        sync.method().key(),
        sync.workers(),
        sync.floats(),
        sync.compression().key(),
        StepBenchmark.median(rounds, Round::nanos) / 1e6,
        workers.stream().mapToLong(SyncMeasurement::bytesSent).max().orElse(0),
        StepBenchmark.median(rounds, fraction),
        StepBenchmark.median(rounds, Round::plainNanos) / 1e6,
        StepBenchmark.median(rounds, Round::cpuNanos) / bytes,
        StepBenchmark.median(rounds, Round::plainCpuNanos) / bytes,
        rounds.stream().map(fraction::applyAsDouble).toList());
  }

  /** A round over all workers: it lasts as long as on the slowest. */
  private record Round(double nanos, double plainNanos, double cpuNanos, double plainCpuNanos) {
    static Round of(List<SyncMeasurement.Round> workers) {
      return new Round(
          workers.stream().mapToLong(SyncMeasurement.Round::nanos).max().orElse(0),
          workers.stream().mapToLong(SyncMeasurement.Round::plainNanos).max().orElse(0),
          workers.stream().mapToLong(SyncMeasurement.Round::cpuNanos).sum(),
          workers.stream().mapToLong(SyncMeasurement.Round::plainCpuNanos).sum());
    }
  }
}
