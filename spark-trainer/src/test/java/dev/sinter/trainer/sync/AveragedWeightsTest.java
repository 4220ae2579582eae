package dev.sinter.trainer.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sinter.trainer.engine.FlatVector;
import dev.sinter.trainer.optimizer.OptimizerSettings;
import dev.sinter.trainer.optimizer.UpdatePlan;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AveragedWeightsTest {
  private static final double DECAY = 0.3;
  private static final int LENGTH = 20_000;
  private static final int LANES = 4;
  private static final OptimizerSettings PLAIN = OptimizerSettings.of("adamw", StrategyRun.RATE);
  private static final OptimizerSettings AVERAGED = PLAIN.withAverageDecay(DECAY);

  /** What is in the parameters while trained weights are there, and while the average is. */
  private record Weights(float[] trained, float[] shown) implements Serializable {}

  /** Steps {@code from} to {@code to}. */
  private static void train(
      Strategy strategy, int from, int to, Exchange exchange, FlatVector parameters) {
    Lanes lanes = new Lanes(LANES, exchange.workers());
    for (int step = from; step <= to; step++) {
      StrategyRun.compute(strategy, step, lanes, exchange.rank(), StrategyRun.read(parameters));
      strategy.synchronise(step, StrategyRun.RATE);
    }
  }

  private static Strategy create(
      SyncSettings sync, OptimizerSettings optimizer, FlatVector parameters, Exchange exchange) {
    return Strategies.create(
        sync,
        optimizer,
        UpdatePlan.of(SyntheticLanes.layout(LENGTH)),
        new Lanes(LANES, exchange.workers()),
        parameters,
        exchange);
  }

  /** Trains to a step, shows the average, and goes on for another step. */
  private static WorkerBody run(SyncSettings sync, int steps) {
    return exchange -> {
      try (FlatVector parameters = FlatVector.ofFloats(LENGTH)) {
        parameters.floats().put(SyntheticLanes.initial(LENGTH));
        try (Strategy strategy = create(sync, AVERAGED, parameters, exchange)) {
          train(strategy, 1, steps, exchange, parameters);
          strategy.showAverage(steps);
          float[] shown = StrategyRun.read(parameters);
          strategy.showTrained();
          train(strategy, steps + 1, steps + 1, exchange, parameters);
          return new Weights(StrategyRun.read(parameters), shown);
        }
      }
    };
  }

  /** The parameters after each step of a run without an average. */
  private static List<float[]> plainRun(int steps) {
    List<float[]> parameters = new ArrayList<>();
    ReferenceTraining reference = new ReferenceTraining(SyntheticLanes.layout(LENGTH), PLAIN);
    for (int step = 1; step <= steps; step++) {
      reference.step(step, StrategyRun.RATE, 0, LANES);
      parameters.add(reference.parameters.clone());
    }
    return parameters;
  }

  /** 2/11, 3/12, and from the third step on the decay that is set. */
  private static double decayAt(int step) {
    return Math.min(DECAY, (1 + step) / (10.0 + step));
  }

  @Test
  void isTheWeightedMeanOfAllStepsOnAnyNumberOfWorkers() throws Exception {
    int steps = 6;
    List<float[]> plain = plainRun(steps + 1);
    Weights alone =
        (Weights) InMemoryWorkers.run(1, 20, run(SyncSettings.gradientSharing(), steps)).get(0);
    assertThat(alone.trained()).isEqualTo(plain.get(steps));
    float[] initial = SyntheticLanes.initial(LENGTH);
    for (int i = 0; i < LENGTH; i++) {
      double mean = initial[i];
      for (int step = 1; step <= steps; step++) {
        mean = decayAt(step) * mean + (1 - decayAt(step)) * plain.get(step - 1)[i];
      }
      assertThat((double) alone.shown()[i]).isCloseTo(mean, within(2e-6));
    }
    for (int workers : new int[] {2, 3, 4}) {
      SyncSettings sync = SyncSettings.gradientSharing().withThreads(2);
      for (Serializable each : InMemoryWorkers.run(workers, 20, run(sync, steps))) {
        assertThat(((Weights) each).shown()).isEqualTo(alone.shown());
        assertThat(((Weights) each).trained()).isEqualTo(alone.trained());
      }
    }
  }

  /** With one worker an averaging changes nothing, so the bits of every second step are known. */
  @Test
  void followsAveragingsWithTheDecayOfTheStepsBetween() throws Exception {
    List<float[]> plain = plainRun(4);
    Weights weights =
        (Weights) InMemoryWorkers.run(1, 20, run(SyncSettings.parameterAveraging(2), 4)).get(0);
    float[] initial = SyntheticLanes.initial(LENGTH);
    double two = decayAt(1) * decayAt(2);
    double four = decayAt(3) * decayAt(4);
    for (int i = 0; i < LENGTH; i++) {
      double mean = four * (two * initial[i] + (1 - two) * plain.get(1)[i]);
      mean += (1 - four) * plain.get(3)[i];
      assertThat((double) weights.shown()[i]).isCloseTo(mean, within(2e-6));
    }
    List<Serializable> both =
        InMemoryWorkers.run(2, 20, run(SyncSettings.parameterAveraging(2), 4));
    assertThat(((Weights) both.get(0)).shown()).isEqualTo(((Weights) both.get(1)).shown());
  }

  /** From what a checkpoint holds: the average as the model, all else in the optimizer's state. */
  @ParameterizedTest
  @ValueSource(ints = {1, 3, 4})
  void goesOnToTheSameBitsOnAnotherNumberOfWorkers(int workers) throws Exception {
    Weights undisturbed =
        (Weights) InMemoryWorkers.run(1, 20, run(SyncSettings.gradientSharing(), 5)).get(0);
    List<FlatVector> opened = new ArrayList<>();
    List<OptimizerState> parts = new ArrayList<>();
    float[][] model = new float[1][];
    InMemoryWorkers.run(
        2,
        20,
        exchange -> {
          try (FlatVector parameters = FlatVector.ofFloats(LENGTH)) {
            parameters.floats().put(SyntheticLanes.initial(LENGTH));
            SyncSettings sync = SyncSettings.gradientSharing();
            try (Strategy strategy = create(sync, AVERAGED, parameters, exchange)) {
              train(strategy, 1, 3, exchange, parameters);
              strategy.showAverage(3);
              synchronized (parts) {
                model[0] = StrategyRun.read(parameters);
                parts.add(copy(strategy.optimizerState(), opened));
              }
              return "written";
            }
          }
        });
    List<Serializable> results =
        InMemoryWorkers.run(
            workers,
            20,
            exchange -> {
              try (FlatVector parameters = FlatVector.ofFloats(LENGTH)) {
                parameters.floats().put(model[0]);
                SyncSettings sync = SyncSettings.gradientSharing();
                try (Strategy strategy = create(sync, AVERAGED, parameters, exchange)) {
                  parts.forEach(strategy::restore);
                  train(strategy, 4, 5, exchange, parameters);
                  strategy.showAverage(5);
                  return StrategyRun.read(parameters);
                }
              }
            });
    opened.forEach(FlatVector::close);
    assertThat(results).allSatisfy(shown -> assertThat(shown).isEqualTo(undisturbed.shown()));
  }

  @Test
  void refusesAStepOnTheAverage() {
    try (FlatVector parameters = FlatVector.ofFloats(LENGTH);
        Strategy strategy =
            create(
                SyncSettings.gradientSharing(),
                AVERAGED,
                parameters,
                InMemoryExchange.group(1, 1).get(0))) {
      strategy.showAverage(1);
      assertThatThrownBy(() -> strategy.synchronise(2, 0.1)).hasMessageContaining("average");
    }
  }

  private static OptimizerState copy(OptimizerState state, List<FlatVector> opened) {
    List<FlatVector> vectors = new ArrayList<>();
    int length = (int) state.length();
    for (FlatVector vector : state.vectors()) {
      FlatVector copy = FlatVector.ofFloats(length);
      copy.floats().put(vector.floats(state.vectorOffset(), length));
      vectors.add(copy);
    }
    opened.addAll(vectors);
    return new OptimizerState(state.offset(), length, vectors, 0);
  }
}
