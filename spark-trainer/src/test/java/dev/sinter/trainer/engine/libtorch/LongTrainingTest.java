package dev.sinter.trainer.engine.libtorch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.model.ModelRegistry;
import dev.sinter.model.ModelSpec;
import dev.sinter.trainer.NativeMemory;
import dev.sinter.trainer.engine.Batch;
import dev.sinter.trainer.engine.ComputePrecision;
import dev.sinter.trainer.engine.Engine;
import dev.sinter.trainer.engine.EngineSettings;
import dev.sinter.trainer.engine.Engines;
import dev.sinter.trainer.engine.FlatVector;
import dev.sinter.trainer.engine.Network;
import dev.sinter.trainer.engine.RandomState;
import dev.sinter.trainer.engine.Replica;
import dev.sinter.trainer.engine.TestNetworks;
import dev.sinter.trainer.optimizer.OptimizerSettings;
import dev.sinter.trainer.optimizer.UpdatePlan;
import dev.sinter.trainer.sync.InMemoryExchange;
import dev.sinter.trainer.sync.Lanes;
import dev.sinter.trainer.sync.Strategies;
import dev.sinter.trainer.sync.Strategy;
import dev.sinter.trainer.sync.SyncSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleConsumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Many steps of a registered network, as a worker takes them. */
class LongTrainingTest {
  private static final int STEPS = 200;
  private static final int LAST = 20;
  private static final double LEARNING_RATE = 0.01;

  private static final Network NETWORK = network();

  private static Network network() {
    ModelSpec spec =
        new ModelSpec("resnet18", 1, 16, 16, 4, "cross-entropy", Map.of("stem", "small"), 3);
    return Network.of(spec, ModelRegistry.configuration(spec));
  }

  private static double meanOfLastLosses(EngineSettings settings) {
    List<Double> losses = new ArrayList<>();
    train(NETWORK, settings, STEPS, losses::add);
    return losses.subList(STEPS - LAST, STEPS).stream().mapToDouble(Double::doubleValue).sum()
        / LAST;
  }

  /** Trains on eight batches that can be learnt by heart; tells the loss of every step. */
  private static void train(
      Network network, EngineSettings settings, int steps, DoubleConsumer afterStep) {
    Engine engine = Engines.byName(settings);
    List<Batch> batches = new ArrayList<>();
    for (int seed = 0; seed < 8; seed++) {
      batches.add(RandomState.batch(network, 8, seed));
    }
    FlatVector parameters = RandomState.parameters(network, FlatVector.Precision.FLOAT32, 2);
    try (Strategy strategy =
            Strategies.create(
                SyncSettings.gradientSharing(),
                OptimizerSettings.of("sgd", LEARNING_RATE),
                UpdatePlan.of(network),
                new Lanes(1, 1),
                parameters,
                InMemoryExchange.group(1, 60).get(0));
        Replica replica = engine.createReplica(network, parameters)) {
      for (int step = 1; step <= steps; step++) {
        replica.parametersChanged();
        float loss =
            replica.computeGradient(batches.get(step % 8), step, strategy.gradientBuffer(0));
        strategy.laneComputed(0, loss);
        strategy.synchronise(step, LEARNING_RATE);
        afterStep.accept(loss);
      }
    } finally {
      parameters.close();
    }
  }

  @Test
  @Tag("full")
  void enginesAndPrecisionsLearnAlike() {
    EngineSettings libtorch = EngineSettings.of("libtorch");
    double expected = meanOfLastLosses(EngineSettings.of("nd4j"));
    double allowed = Math.max(0.01 * expected, 0.01);
    assertThat(expected).isLessThan(1); // chance is ln 4
    assertThat(meanOfLastLosses(libtorch) - expected).isBetween(-allowed, allowed);
    assertThat(meanOfLastLosses(libtorch.with(ComputePrecision.BF16)) - expected)
        .isBetween(-allowed, allowed);
  }

  @Test
  @Tag("full")
  void memoryIsFlatOverFiveThousandSteps() {
    for (ComputePrecision precision : List.of(ComputePrecision.FP32, ComputePrecision.BF16)) {
      long[] state = new long[3];
      train(
          TestNetworks.resNet(),
          EngineSettings.of("libtorch").with(precision),
          5000,
          loss -> {
            state[0]++;
            if (state[0] == 500) {
              state[1] = NativeMemory.residentBytes();
            }
            if (state[0] == 5000) {
              state[2] = NativeMemory.residentBytes();
            }
          });
      assertThat(state[2] - state[1]).as(precision.toString()).isLessThan(16L << 20);
    }
  }
}
