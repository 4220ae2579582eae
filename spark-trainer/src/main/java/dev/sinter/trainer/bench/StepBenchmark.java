package dev.sinter.trainer.bench;

import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import dev.sinter.model.ModelRegistry;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/**
 * Measures cases in turn, each in a process of its own, as often as there are rounds; what is
 * compared is compared within a round, so that a machine that changes its speed hits all alike.
 */
public final class StepBenchmark {
  /** Hears of every measurement. */
  @FunctionalInterface
  public interface Listener {
    /** One process has ended. */
    void measured(int round, StepCase step, double imagesPerSecond, long peakMemoryBytes);
  }

  /**
   * Medians over the rounds.
   *
   * @param peakMemoryBytes most physical memory of the process, JVM and libraries included
   * @param baseMemoryBytes what JVM and libraries took of it, before the network was made
   * @param cpuSecondsPerImage processor time of all threads; with one thread it hardly depends on
   *     what else the machine does
   * @param imagesPerSecondByRound each round's
   */
  public record Result(
      String model,
      int size,
      int classes,
      int microBatch,
      String engine,
      String precision,
      int threads,
      double imagesPerSecond,
      long peakMemoryBytes,
      long baseMemoryBytes,
      double cpuSecondsPerImage,
      List<Double> imagesPerSecondByRound) {}

  /**
   * {@code sinter} divided by another engine: the median of the rounds' ratios.
   *
   * @param precision of {@code sinter}
   * @param against the other engine
   * @param againstPrecision of the other engine, fp32 where it has no other
   */
  public record Ratio(
      String model,
      int size,
      int microBatch,
      String precision,
      String against,
      String againstPrecision,
      double imagesPerSecond,
      double peakMemory) {}

  /** Everything that was measured. */
  public record Report(List<Result> results, List<Ratio> ratios) {}

  private final Map<StepCase, List<StepMeasurement>> measured = new LinkedHashMap<>();

  private StepBenchmark() {}

  /**
   * Checks that every case can be measured, before the first is.
   *
   * @throws SinterException what the registry finds, or {@code BENCH_MODEL_NOT_HAND_WRITTEN}
   */
  public static void check(List<StepCase> cases) {
    for (StepCase step : cases) {
      ModelRegistry.configuration(step.spec());
      if (step.engine().isHandWritten() && !BareNetworks.names().contains(step.model())) {
        throw new SinterException(
            ErrorCategory.USAGE,
            "BENCH_MODEL_NOT_HAND_WRITTEN",
            step.engine().key() + " has no network " + step.model(),
            "Choose among "
                + String.join(", ", BareNetworks.names())
                + ", or leave out the engines libtorch-bare and libtorch-default.");
      }
    }
  }

  /** Whether there is a loop on libtorch for a network that was tuned by hand. */
  public static boolean isHandWritten(String model) {
    return BareNetworks.names().contains(model);
  }

  /** Measures all cases, one after the other in every round. */
  public static Report run(List<StepCase> cases, int rounds, Listener listener) {
    StepBenchmark benchmark = new StepBenchmark();
    Map<String, List<StepCase>> byModel =
        cases.stream()
            .collect(
                Collectors.groupingBy(StepCase::model, LinkedHashMap::new, Collectors.toList()));
    for (List<StepCase> group : byModel.values()) {
      for (int round = 1; round <= rounds; round++) {
        for (StepCase step : group) {
          StepMeasurement measurement = StepProcesses.measure(step);
          benchmark.measured.computeIfAbsent(step, s -> new ArrayList<>()).add(measurement);
          listener.measured(
              round, step, measurement.imagesPerSecond(), measurement.peakMemoryBytes());
        }
      }
    }
    return new Report(
        benchmark.measured.keySet().stream().map(benchmark::result).toList(), benchmark.ratios());
  }

  private Result result(StepCase step) {
    List<StepMeasurement> rounds = measured.get(step);
    return new Result(
        step.model(),
        step.size(),
        step.classes(),
        step.microBatchSize(),
        step.engine().key(),
        step.precision().key(),
        step.threads(),
        median(rounds, StepMeasurement::imagesPerSecond),
        Math.round(median(rounds, StepMeasurement::peakMemoryBytes)),
        Math.round(median(rounds, StepMeasurement::baseMemoryBytes)),
        median(rounds, StepMeasurement::cpuSecondsPerImage),
        rounds.stream().map(StepMeasurement::imagesPerSecond).toList());
  }

  private List<Ratio> ratios() {
    List<Ratio> ratios = new ArrayList<>();
    for (StepCase sinter : measured.keySet()) {
      for (StepCase other : measured.keySet()) {
        boolean comparable =
            sinter.engine() == StepEngine.SINTER
                && other.engine() != StepEngine.SINTER
                && sinter.model().equals(other.model())
                && (sinter.precision() == other.precision()
                    || !other.engine().supports(sinter.precision()));
        if (comparable) {
          ratios.add(ratio(sinter, other));
        }
      }
    }
    return ratios;
  }

  private Ratio ratio(StepCase sinter, StepCase other) {
    List<StepMeasurement> own = measured.get(sinter);
    List<StepMeasurement> others = measured.get(other);
    List<double[]> rounds = new ArrayList<>();
    for (int round = 0; round < own.size(); round++) {
      StepMeasurement mine = own.get(round);
      StepMeasurement its = others.get(round);
      rounds.add(
          new double[] {
            mine.imagesPerSecond() / its.imagesPerSecond(),
            (double) mine.peakMemoryBytes() / its.peakMemoryBytes()
          });
    }
    return new Ratio(
        sinter.model(),
        sinter.size(),
        sinter.microBatchSize(),
        sinter.precision().key(),
        other.engine().key(),
        other.precision().key(),
        median(rounds, round -> round[0]),
        median(rounds, round -> round[1]));
  }

  static <T> double median(List<T> values, ToDoubleFunction<T> value) {
    double[] sorted = values.stream().mapToDouble(value).sorted().toArray();
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
