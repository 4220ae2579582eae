package dev.sinter.trainer.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sinter.trainer.engine.FlatVector;
import dev.sinter.trainer.optimizer.OptimizerSettings;
import dev.sinter.trainer.optimizer.UpdatePlan;
import dev.sinter.trainer.sync.StrategyRun.Result;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GradientSharingTest {
  private static final OptimizerSettings SGD =
      OptimizerSettings.of("sgd", StrategyRun.RATE).withWeightDecay(0.01);

  @Property(tries = 60)
  void givesTheReferencesBitsOnAnyNumberOfWorkers(
      @ForAll @IntRange(max = 4) int logLanes,
      @ForAll @IntRange(min = 1, max = 16) int wanted,
      @ForAll @IntRange(min = 5, max = 30_000) int length,
      @ForAll @IntRange(min = 1, max = 4) int steps)
      throws Exception {
    int lanes = 1 << logLanes;
    int workers = Math.min(wanted, lanes);
    ReferenceTraining reference = new ReferenceTraining(SyntheticLanes.layout(length), SGD);
    for (int step = 1; step <= steps; step++) {
      reference.step(step, StrategyRun.RATE, 0, lanes);
    }
    for (Serializable result : run(SGD, workers, lanes, length, steps)) {
      assertThat(((Result) result).parameters()).isEqualTo(reference.parameters);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"sgd", "adam", "adamw"})
  void givesTheSameBitsWithClipping(String name) throws Exception {
    OptimizerSettings settings =
        OptimizerSettings.of(name, 0.05).withWeightDecay(0.1).withGradientClipNorm(3);
    Result alone = (Result) run(settings, 1, 8, 50_000, 3).get(0);
    assertThat(alone.gradientNorm()).isGreaterThan(3);
    ReferenceTraining reference = new ReferenceTraining(SyntheticLanes.layout(50_000), settings);
    for (int step = 1; step <= 3; step++) {
      reference.step(step, StrategyRun.RATE, 0, 8);
    }
    assertThat(alone.parameters())
        .usingComparatorWithPrecision(1e-6f)
        .containsExactly(reference.parameters);
    for (int workers = 2; workers <= 8; workers++) {
      for (Serializable each : run(settings, workers, 8, 50_000, 3)) {
        Result result = (Result) each;
        assertThat(result.parameters()).isEqualTo(alone.parameters());
        assertThat(result.meanLoss()).isEqualTo(alone.meanLoss());
        assertThat(result.gradientNorm()).isEqualTo(alone.gradientNorm());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 4})
  void givesTheSameBitsInSeveralChunks(int workers) throws Exception {
    int length = 4 * Chunk.FLOATS + 5_000;
    float[] alone = ((Result) run(SGD, 1, 4, length, 2).get(0)).parameters();
    for (Serializable each : run(SGD, workers, 4, length, 2)) {
      assertThat(((Result) each).parameters()).isEqualTo(alone);
    }
  }

  /** The second of three workers has two subtrees, of which one is sent before the other is. */
  @Test
  void countsWhatIsSentWhileLanesAreComputed() throws Exception {
    int length = 40_000;
    Lanes lanes = new Lanes(8, 3);
    List<Serializable> sent =
        InMemoryWorkers.run(
            3,
            20,
            exchange -> {
              ArrayList<Long> bytes = new ArrayList<>();
              try (FlatVector parameters = FlatVector.ofFloats(length);
                  Strategy strategy = create(parameters, lanes, exchange)) {
                for (int step = 1; step <= 3; step++) {
                  for (int lane = lanes.first(exchange.rank());
                      lane < lanes.end(exchange.rank());
                      lane++) {
                    strategy.gradientBuffer(lane);
                    strategy.laneComputed(lane, 1);
                  }
                  bytes.add(strategy.synchronise(step, StrategyRun.RATE).bytesSent());
                }
              }
              return bytes;
            });
    for (int rank = 0; rank < 3; rank++) {
      int slice = Slice.of(length, rank, 3).length();
      long vectors = 4L * (length - slice) * lanes.subtrees(rank).size() + 2 * 4L * slice;
      List<?> steps = (List<?>) sent.get(rank);
      // Beside vectors only losses and norms, of the same size in every step.
      assertThat((long) steps.get(0)).isBetween(vectors, vectors + 1000);
      assertThat(steps.get(1)).isEqualTo(steps.get(0));
      assertThat(steps.get(2)).isEqualTo(steps.get(0));
    }
  }

  @Test
  void reportsTheMeanLoss() throws Exception {
    double expected = 0;
    for (int lane = 0; lane < 4; lane++) {
      expected += SyntheticLanes.loss(1, lane) / 4.0;
    }
    assertThat(((Result) run(SGD, 3, 4, 100, 1).get(2)).meanLoss())
        .isCloseTo(expected, within(1e-9));
  }

  @Test
  void restoresOptimizerStateOntoAnotherNumberOfWorkers() throws Exception {
    int length = 20_000;
    float[] undisturbed = ((Result) run(SGD, 1, 4, length, 5).get(0)).parameters();
    try (FlatVector parameters = FlatVector.ofFloats(length)) {
      parameters.floats().put(SyntheticLanes.initial(length));
      Strategy first = create(parameters, new Lanes(4, 1), InMemoryExchange.group(1, 20).get(0));
      train(first, 1, 3, new Lanes(4, 1), 0, parameters);
      float[] checkpoint = StrategyRun.read(parameters);
      OptimizerState state = first.optimizerState();
      List<Serializable> results =
          InMemoryWorkers.run(
              3,
              20,
              exchange -> {
                Lanes lanes = new Lanes(4, 3);
                FlatVector resumed = FlatVector.ofFloats(length);
                resumed.floats().put(checkpoint);
                try (resumed;
                    Strategy strategy = create(resumed, lanes, exchange)) {
                  strategy.restore(state);
                  train(strategy, 4, 5, lanes, exchange.rank(), resumed);
                  return StrategyRun.read(resumed);
                }
              });
      first.close();
      assertThat(results).allSatisfy(result -> assertThat(result).isEqualTo(undisturbed));
    }
  }

  /** One lane of one worker is not finite in step 2: nobody takes that step. */
  @Test
  void aStepThatIsNotFiniteChangesNothingOnAnyWorker() throws Exception {
    float[] alone = (float[]) InMemoryWorkers.run(1, 20, GradientSharingTest::meetNaN).get(0);
    List<Serializable> shared = InMemoryWorkers.run(2, 20, GradientSharingTest::meetNaN);
    assertThat(shared).allSatisfy(parameters -> assertThat((float[]) parameters).isEqualTo(alone));
  }

  private static float[] meetNaN(Exchange exchange) {
    Lanes lanes = new Lanes(2, exchange.workers());
    try (FlatVector parameters = FlatVector.ofFloats(5000);
        Strategy strategy = create(parameters, lanes, exchange)) {
      parameters.floats().put(SyntheticLanes.initial(5000));
      train(strategy, 1, 1, lanes, exchange.rank(), parameters);
      float[] before = StrategyRun.read(parameters);
      List<float[]> state = state(strategy);
      for (int lane = lanes.first(exchange.rank()); lane < lanes.end(exchange.rank()); lane++) {
        strategy.gradientBuffer(lane).floats().put(4321, lane == 1 ? Float.NaN : 1);
        strategy.laneComputed(lane, 1);
      }
      StepResult result = strategy.synchronise(2, 0.5);
      assertThat(result.isFinite()).isFalse();
      assertThat(result.meanLoss()).isEqualTo(1);
      assertThat(StrategyRun.read(parameters)).isEqualTo(before);
      assertThat(state(strategy)).usingRecursiveComparison().isEqualTo(state);
      train(strategy, 3, 4, lanes, exchange.rank(), parameters);
      assertThat(StrategyRun.read(parameters)).isNotEqualTo(before);
      return StrategyRun.read(parameters);
    }
  }

  private static List<float[]> state(Strategy strategy) {
    return strategy.optimizerState().vectors().stream().map(StrategyRun::read).toList();
  }

  @Test
  void refusesAStepWithAMissingLane() {
    try (FlatVector parameters = FlatVector.ofFloats(100);
        Strategy strategy =
            create(parameters, new Lanes(2, 1), InMemoryExchange.group(1, 1).get(0))) {
      strategy.gradientBuffer(0);
      strategy.laneComputed(0, 1);
      assertThatThrownBy(() -> strategy.synchronise(1, 0.1)).hasMessageContaining("1 lanes");
    }
  }

  private static void train(
      Strategy strategy, int from, int to, Lanes lanes, int rank, FlatVector parameters) {
    for (int step = from; step <= to; step++) {
      StrategyRun.compute(strategy, step, lanes, rank, StrategyRun.read(parameters));
      strategy.synchronise(step, StrategyRun.RATE);
    }
  }

  private static Strategy create(FlatVector parameters, Lanes lanes, Exchange exchange) {
    UpdatePlan plan = UpdatePlan.of(SyntheticLanes.layout((int) parameters.length()));
    return Strategies.create(
        SyncSettings.gradientSharing(), SGD, plan, lanes, parameters, exchange);
  }

  private static List<Serializable> run(
      OptimizerSettings settings, int workers, int lanes, int length, int steps) throws Exception {
    StrategyRun body =
        new StrategyRun(SyncSettings.gradientSharing(), settings, lanes, length, steps);
    return InMemoryWorkers.run(workers, 20, body);
  }
}
