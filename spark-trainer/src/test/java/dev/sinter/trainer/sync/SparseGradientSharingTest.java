package dev.sinter.trainer.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.within;

import dev.sinter.error.SinterException;
import dev.sinter.trainer.engine.FlatVector;
import dev.sinter.trainer.optimizer.OptimizerSettings;
import dev.sinter.trainer.optimizer.UpdatePlan;
import dev.sinter.trainer.sync.Compression.Kind;
import dev.sinter.trainer.sync.StrategyRun.Result;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SparseGradientSharingTest {
  private static final OptimizerSettings SGD =
      OptimizerSettings.of("sgd", StrategyRun.RATE).withWeightDecay(0.01);
  private static final int LENGTH = 20_000;
  private static final Lanes LANES = new Lanes(4, 2);

  @Property(tries = 60)
  void givesTheReferencesBits(
      @ForAll boolean topK,
      @ForAll @IntRange(max = 3) int logLanes,
      @ForAll @IntRange(min = 1, max = 8) int wanted,
      @ForAll @IntRange(min = 5, max = 15_000) int length,
      @ForAll @IntRange(min = 1, max = 4) int steps,
      @ForAll @IntRange(max = 3) int warmUp,
      @ForAll @IntRange(max = 3) int optimizer)
      throws Exception {
    Lanes lanes = new Lanes(1 << logLanes, Math.min(wanted, 1 << logLanes));
    OptimizerSettings settings =
        List.of(
                SGD,
                SGD.withMomentum(0),
                OptimizerSettings.of("adam", 0.05),
                OptimizerSettings.of("adamw", 0.05).withWeightDecay(0.1))
            .get(optimizer);
    Compression compression = new Compression(topK ? Kind.TOP_K : Kind.THRESHOLD, 0.01, warmUp);
    ReferenceSparseTraining reference =
        new ReferenceSparseTraining(compression, settings, lanes, length);
    for (int step = 1; step <= steps; step++) {
      reference.step(step, StrategyRun.RATE);
    }
    StrategyRun body =
        new StrategyRun(
            SyncSettings.gradientSharing(compression).withThreads(1 + warmUp),
            settings,
            lanes.count(),
            length,
            steps);
    for (Serializable result : InMemoryWorkers.run(lanes.workers(), 20, body)) {
      assertThat(((Result) result).parameters()).isEqualTo(reference.parameters());
    }
  }

  /** What two workers are in the middle of, and what they go on with. */
  @ParameterizedTest
  @EnumSource(names = {"THRESHOLD", "TOP_K"})
  void goesOnFromItsResidualToTheSameBits(Kind kind) throws Exception {
    List<Serializable> undisturbed =
        InMemoryWorkers.run(2, 20, exchange -> train(kind, exchange, 1, 6, List.of()));
    List<Serializable> first =
        InMemoryWorkers.run(2, 20, exchange -> train(kind, exchange, 1, 3, List.of()));
    List<Serializable> second =
        InMemoryWorkers.run(2, 20, exchange -> train(kind, exchange, 4, 6, first));
    List<Serializable> forgetful =
        InMemoryWorkers.run(
            2, 20, exchange -> train(kind, exchange, 4, 6, withoutResiduals(first)));
    for (int worker = 0; worker < 2; worker++) {
      assertThat(((Stopped) second.get(worker)).parameters())
          .isEqualTo(((Stopped) undisturbed.get(worker)).parameters())
          .isNotEqualTo(((Stopped) forgetful.get(worker)).parameters());
      assertThat(((Stopped) second.get(worker)).memory())
          .usingRecursiveComparison()
          .isEqualTo(((Stopped) undisturbed.get(worker)).memory());
    }
  }

  /** Nothing that is unsent gets lost when four workers go on for two. */
  @ParameterizedTest
  @EnumSource(names = {"THRESHOLD", "TOP_K"})
  void sharesItsResidualOutToAnotherNumberOfWorkers(Kind kind) throws Exception {
    List<Serializable> two =
        InMemoryWorkers.run(2, 20, exchange -> train(kind, exchange, 1, 3, List.of()));
    List<Serializable> four =
        InMemoryWorkers.run(4, 20, exchange -> train(kind, exchange, 4, 3, two));
    for (int vector = 0; vector < 2; vector++) {
      for (int i = 0; i < LENGTH; i += 97) {
        assertThat(total(four, vector, i)).isCloseTo(total(two, vector, i), within(1e-5));
      }
    }
  }

  /** A vector of 800 kB, at a density of one in a hundred. */
  @ParameterizedTest
  @EnumSource(names = {"THRESHOLD", "TOP_K"})
  void reportsItsFewBytes(Kind kind) throws Exception {
    int length = 200_000;
    for (Serializable each :
        InMemoryWorkers.run(2, 20, exchange -> bytes(new Compression(kind, 0.01, 0), exchange))) {
      for (long bytes : (long[]) each) {
        assertThat(bytes / (0.01 * length)).isBetween(1.0, 6.0);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"THRESHOLD", "TOP_K"})
  void noWorkerTakesAStepThatIsNotFinite(Kind kind) throws Exception {
    List<Serializable> results =
        InMemoryWorkers.run(
            2,
            20,
            exchange -> {
              try (FlatVector parameters = FlatVector.ofFloats(100);
                  Strategy strategy =
                      create(
                          new Compression(kind, 0.1, 0), parameters, new Lanes(2, 2), exchange)) {
                FlatVector gradient = strategy.gradientBuffer(exchange.rank());
                gradient.floats().put(7, exchange.rank() == 1 ? Float.NaN : 1);
                strategy.laneComputed(exchange.rank(), 1);
                ArrayList<Float> told = new ArrayList<>();
                told.add(strategy.synchronise(1, 0.5).isFinite() ? 1f : 0f);
                told.add(parameters.floats().get(7));
                // Nor does anything of it come later.
                strategy.residuals().get(0).vectors().forEach(v -> told.add(v.floats().get(7)));
                return told;
              }
            });
    for (Serializable told : results) {
      assertThat((ArrayList<?>) told).hasSizeGreaterThan(2).allMatch(value -> value.equals(0f));
    }
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
  void averagingDoesNotCompress(Kind kind) {
    SyncSettings averaging = new SyncSettings("parameter-averaging", Compression.of(kind), 2, 0, 1);
    try (FlatVector parameters = FlatVector.ofFloats(100);
        Exchange exchange = InMemoryExchange.group(1, 1).get(0)) {
      SinterException refusal =
          catchThrowableOfType(
              SinterException.class,
              () ->
                  Strategies.create(
                      averaging,
                      SGD,
                      UpdatePlan.of(SyntheticLanes.layout(100)),
                      new Lanes(1, 1),
                      parameters,
                      exchange));
      assertThat(refusal.code()).isEqualTo("COMPRESSION_UNSUPPORTED");
      assertThat(refusal).hasMessageContaining(kind.key()).hasMessageContaining("averaging");
    }
  }

  @Test
  void theDensityFallsToItsEndByTheSameFactor() {
    Compression compression = new Compression(Kind.TOP_K, 0.01, 10);
    assertThat(compression.densityAt(1)).isEqualTo(0.25);
    double factor = compression.densityAt(2) / 0.25;
    for (int step = 2; step < 10; step++) {
      assertThat(compression.densityAt(step + 1) / compression.densityAt(step))
          .isCloseTo(factor, within(1e-12));
    }
    assertThat(compression.densityAt(10) * factor).isCloseTo(0.01, within(1e-12));
    assertThat(compression.densityAt(11)).isEqualTo(0.01);
    assertThat(new Compression(Kind.TOP_K, 0.5, 10).densityAt(1)).isEqualTo(0.5);
  }

  @Test
  void theThresholdFollowsTheDensity() {
    assertThat(AdaptiveThreshold.next(1, 100, 100)).isEqualTo(1);
    assertThat(AdaptiveThreshold.next(1, 1600, 100)).isEqualTo(2);
    assertThat(AdaptiveThreshold.next(1, 1_000_000, 100)).isEqualTo(2);
    assertThat(AdaptiveThreshold.next(1, 0, 100)).isEqualTo(0.5f);
  }

  /** Where a worker stopped. */
  private record Stopped(float[] parameters, ArrayList<float[]> memory, float threshold)
      implements Serializable {}

  private static Stopped train(
      Kind kind, Exchange exchange, int from, int to, List<Serializable> before) {
    Lanes lanes = new Lanes(LANES.count(), exchange.workers());
    try (FlatVector parameters = FlatVector.ofFloats(LENGTH)) {
      parameters
          .floats()
          .put(
              before.isEmpty()
                  ? SyntheticLanes.initial(LENGTH)
                  : ((Stopped) before.get(0)).parameters());
      try (Strategy strategy =
          create(new Compression(kind, 0.01, 0), parameters, lanes, exchange)) {
        for (int worker = 0; worker < before.size(); worker++) {
          restore(strategy, worker, before);
        }
        for (int step = from; step <= to; step++) {
          StrategyRun.compute(strategy, step, lanes, exchange.rank(), StrategyRun.read(parameters));
          strategy.synchronise(step, StrategyRun.RATE);
        }
        Residual residual = strategy.residuals().get(0);
        ArrayList<float[]> memory = new ArrayList<>();
        residual.vectors().forEach(vector -> memory.add(StrategyRun.read(vector)));
        return new Stopped(StrategyRun.read(parameters), memory, residual.threshold());
      }
    }
  }

  private static void restore(Strategy strategy, int worker, List<Serializable> before) {
    Stopped stopped = (Stopped) before.get(worker);
    List<FlatVector> vectors = new ArrayList<>();
    for (float[] values : stopped.memory()) {
      FlatVector vector = FlatVector.ofFloats(values.length);
      vector.floats().put(values);
      vectors.add(vector);
    }
    strategy.restore(new Residual(worker, before.size(), stopped.threshold(), vectors));
    vectors.forEach(FlatVector::close);
  }

  private static List<Serializable> withoutResiduals(List<Serializable> stopped) {
    List<Serializable> others = new ArrayList<>();
    for (Serializable each : stopped) {
      ArrayList<float[]> zeros = new ArrayList<>(List.of(new float[LENGTH], new float[LENGTH]));
      others.add(new Stopped(((Stopped) each).parameters(), zeros, 0));
    }
    return others;
  }

  private static double total(List<Serializable> workers, int vector, int position) {
    return workers.stream()
        .mapToDouble(worker -> ((Stopped) worker).memory().get(vector)[position])
        .sum();
  }

  private static long[] bytes(Compression compression, Exchange exchange) {
    int length = 200_000;
    long[] bytes = new long[3];
    try (FlatVector parameters = FlatVector.ofFloats(length);
        Strategy strategy = create(compression, parameters, LANES, exchange)) {
      for (int step = 1; step <= bytes.length; step++) {
        StrategyRun.compute(strategy, step, LANES, exchange.rank(), StrategyRun.read(parameters));
        long before = exchange.bytesSent();
        bytes[step - 1] = strategy.synchronise(step, StrategyRun.RATE).bytesSent();
        assertThat(bytes[step - 1]).isEqualTo(exchange.bytesSent() - before);
      }
    }
    return bytes;
  }

  private static Strategy create(
      Compression compression, FlatVector parameters, Lanes lanes, Exchange exchange) {
    return Strategies.create(
        SyncSettings.gradientSharing(compression),
        SGD,
        UpdatePlan.of(SyntheticLanes.layout((int) parameters.length())),
        lanes,
        parameters,
        exchange);
  }
}
