package dev.sinter.trainer.engine.libtorch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.model.ModelRegistry;
import dev.sinter.model.ModelSpec;
import dev.sinter.trainer.engine.Batch;
import dev.sinter.trainer.engine.ComputePrecision;
import dev.sinter.trainer.engine.Engine;
import dev.sinter.trainer.engine.EngineSettings;
import dev.sinter.trainer.engine.Engines;
import dev.sinter.trainer.engine.FlatVector;
import dev.sinter.trainer.engine.Network;
import dev.sinter.trainer.engine.RandomState;
import dev.sinter.trainer.engine.Replica;
import dev.sinter.trainer.optimizer.OptimizerSettings;
import dev.sinter.trainer.optimizer.UpdatePlan;
import dev.sinter.trainer.sync.InMemoryExchange;
import dev.sinter.trainer.sync.Lanes;
import dev.sinter.trainer.sync.Strategies;
import dev.sinter.trainer.sync.Strategy;
import dev.sinter.trainer.sync.SyncSettings;
import java.util.Map;
import org.bytedeco.javacpp.Pointer;
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

  /** Trains on eight batches that can be learnt by heart; what to do after every step. */
  private static double meanOfLastLosses(EngineSettings settings, int steps, Runnable afterStep) {
    Engine engine = Engines.byName(settings);
    FlatVector parameters = RandomState.parameters(NETWORK, FlatVector.Precision.FLOAT32, 2);
    try (Strategy strategy =
            Strategies.create(
                SyncSettings.gradientSharing(),
                OptimizerSettings.of("sgd", LEARNING_RATE),
                UpdatePlan.of(NETWORK),
                new Lanes(1, 1),
                parameters,
                InMemoryExchange.group(1, 60).get(0));
        Replica replica = engine.createReplica(NETWORK, parameters)) {
      double sum = 0;
      for (int step = 1; step <= steps; step++) {
        Batch batch = RandomState.batch(NETWORK, 8, step % 8);
        replica.parametersChanged();
        float loss = replica.computeGradient(batch, step, strategy.gradientBuffer(0));
        strategy.laneComputed(0, loss);
        strategy.synchronise(step, LEARNING_RATE);
        sum += step > steps - LAST ? loss : 0;
        afterStep.run();
      }
      return sum / LAST;
    } finally {
      parameters.close();
    }
  }

  @Test
  void enginesAndPrecisionsLearnAlike() {
    EngineSettings libtorch = EngineSettings.of("libtorch");
    double expected = meanOfLastLosses(EngineSettings.of("nd4j"), STEPS, () -> {});
    double allowed = Math.max(0.01 * expected, 0.01);
    assertThat(expected).isLessThan(1); // chance is ln 4
    assertThat(meanOfLastLosses(libtorch, STEPS, () -> {}) - expected).isBetween(-allowed, allowed);
    assertThat(meanOfLastLosses(libtorch.with(ComputePrecision.BF16), STEPS, () -> {}) - expected)
        .isBetween(-allowed, allowed);
  }

  @Test
  @Tag("full")
  void memoryIsFlatOverFiveThousandSteps() {
    long[] state = new long[3];
    meanOfLastLosses(
        EngineSettings.of("libtorch").with(ComputePrecision.BF16),
        5000,
        () -> {
          if (state[0]++ == 500) {
            state[1] = Pointer.physicalBytes();
          }
          state[2] = Pointer.physicalBytes();
        });
    // The Java heap may grow within its limit meanwhile.
    assertThat(state[2] - state[1]).isLessThan(100L << 20);
  }
}
