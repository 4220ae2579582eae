package dev.sinter.trainer.bench;

import dev.sinter.model.ParameterLayout;
import dev.sinter.model.ParameterTensor;
import dev.sinter.trainer.config.SyncConfig;
import dev.sinter.trainer.engine.FlatVector;
import dev.sinter.trainer.optimizer.OptimizerSettings;
import dev.sinter.trainer.optimizer.UpdatePlan;
import dev.sinter.trainer.sync.Compression;
import dev.sinter.trainer.sync.Lanes;
import dev.sinter.trainer.sync.SparkExchange;
import dev.sinter.trainer.sync.Strategies;
import dev.sinter.trainer.sync.Strategy;
import dev.sinter.trainer.sync.SyncSettings;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Random;

/**
 * A whole synchronisation of gradient sharing: from the lanes' gradients, drawn from a normal
 * distribution, to the new parameters.
 */
final class GradientSharingLoop implements SyncLoop {
  private static final double LEARNING_RATE = 1e-3;

  private final FlatVector parameters;
  private final FlatVector gradient;
  private final Lanes lanes;
  private final int rank;
  private final Strategy strategy;

  GradientSharingLoop(SyncCase sync, SparkExchange exchange) {
    this.rank = exchange.rank();
    this.lanes = new Lanes(Integer.highestOneBit(2 * sync.workers() - 1), sync.workers());
    this.parameters = FlatVector.ofFloats(sync.floats());
    this.gradient = FlatVector.ofFloats(sync.floats());
    Random random = new Random(rank);
    FloatBuffer floats = gradient.floats();
    for (int i = 0; i < floats.capacity(); i++) {
      floats.put(i, (float) random.nextGaussian());
    }
    Compression compression =
        new Compression(
            sync.compression(), sync.compression().sparse() ? SyncConfig.DEFAULT_DENSITY : 1, 0);
    this.strategy =
        Strategies.create(
            SyncSettings.gradientSharing(compression),
            OptimizerSettings.of("sgd", LEARNING_RATE),
            UpdatePlan.of(oneTensor(sync.floats())),
            lanes,
            parameters,
            exchange);
  }

  private static ParameterLayout oneTensor(int floats) {
    return new ParameterLayout(
        List.of(
            new ParameterTensor(
                "layer", "W", 0, new long[] {1, floats}, 'c', ParameterTensor.Role.TRAINABLE)),
        floats);
  }

  @Override
  public void prepare() {
    for (int lane = lanes.first(rank); lane < lanes.end(rank); lane++) {
      strategy.gradientBuffer(lane).floats().put(gradient.floats());
    }
  }

  @Override
  public void run(long round) {
    for (int lane = lanes.first(rank); lane < lanes.end(rank); lane++) {
      strategy.laneComputed(lane, 1);
    }
    strategy.synchronise(round, LEARNING_RATE);
  }

  @Override
  public void close() {
    strategy.close();
    parameters.close();
    gradient.close();
  }
}
