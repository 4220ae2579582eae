package dev.sinter.trainer.sync;

import dev.sinter.trainer.engine.FlatVector;
import dev.sinter.trainer.optimizer.OptimizerSettings;
import dev.sinter.trainer.optimizer.UpdatePlan;
import java.io.Serializable;
import java.util.stream.IntStream;

/** Trains synthetic lanes with a strategy; the body of every worker. */
record StrategyRun(SyncSettings sync, OptimizerSettings optimizer, int lanes, int length, int steps)
    implements WorkerBody {
  static final double RATE = 0.05;

  /** A worker's final parameters and last step. */
  record Result(float[] parameters, double meanLoss, double gradientNorm) implements Serializable {}

  @Override
  public Result run(Exchange exchange) {
    Lanes dealt = new Lanes(lanes, exchange.workers());
    StepResult last = null;
    try (FlatVector parameters = FlatVector.ofFloats(length)) {
      parameters.floats().put(SyntheticLanes.initial(length));
      UpdatePlan plan = UpdatePlan.of(SyntheticLanes.layout(length));
      try (Strategy strategy =
          Strategies.create(sync, optimizer, plan, dealt, parameters, exchange)) {
        for (int step = 1; step <= steps; step++) {
          compute(strategy, step, dealt, exchange.rank(), read(parameters));
          last = strategy.synchronise(step, RATE);
        }
      }
      return new Result(read(parameters), last.meanLoss(), last.gradientNorm());
    }
  }

  /** On several threads, as lanes do. */
  static void compute(Strategy strategy, long step, Lanes lanes, int rank, float[] parameters) {
    IntStream.range(lanes.first(rank), lanes.end(rank))
        .parallel()
        .forEach(
            lane -> {
              FlatVector gradient = strategy.gradientBuffer(lane);
              gradient.floats().put(SyntheticLanes.gradient(step, lane, parameters));
              strategy.laneComputed(lane, SyntheticLanes.loss(step, lane));
            });
  }

  static float[] read(FlatVector vector) {
    float[] values = new float[(int) vector.length()];
    vector.floats().get(values);
    return values;
  }
}
