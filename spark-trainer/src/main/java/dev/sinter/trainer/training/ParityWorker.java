package dev.sinter.trainer.training;

import dev.sinter.trainer.checkpoint.Sha256;
import dev.sinter.trainer.engine.FlatVector;
import dev.sinter.trainer.engine.libtorch.TensorDevices;
import dev.sinter.trainer.optimizer.LearningRateSchedule;
import dev.sinter.trainer.sync.Exchange;
import dev.sinter.trainer.sync.InMemoryExchange;
import dev.sinter.trainer.sync.SparkExchange;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.BarrierTaskContext;

/** Trains the first steps of a run, from its initial weights, and writes nothing. */
final class ParityWorker {
  private ParityWorker() {}

  /** One of several workers, as the run itself has them. */
  static ParityOutcome inGroup(
      TrainingPlan plan, TensorDevices devices, BarrierTaskContext context, int steps) {
    return train(
        plan,
        devices,
        context,
        SparkExchange.meet(context, plan.runId(), plan.configuration().cluster().timeoutSeconds()),
        steps);
  }

  /** The only worker, which exchanges nothing with anybody. */
  static ParityOutcome alone(
      TrainingPlan plan, TensorDevices devices, BarrierTaskContext context, int steps) {
    double timeoutSeconds = plan.configuration().cluster().timeoutSeconds();
    return train(plan, devices, context, InMemoryExchange.group(1, timeoutSeconds).get(0), steps);
  }

  private static ParityOutcome train(
      TrainingPlan plan,
      TensorDevices devices,
      BarrierTaskContext context,
      Exchange exchange,
      int steps) {
    try (WorkerState state = WorkerState.openWithoutCheckpoints(plan, devices, context, exchange);
        LaneComputation computation = TrainingWorker.computation(state, 0, steps)) {
      LearningRateSchedule schedule =
          TrainingSettings.schedule(state.run(), plan.lanes().stepsPerEpoch());
      List<Double> losses = new ArrayList<>();
      List<String> hashes = new ArrayList<>();
      for (long step = 1; step <= steps; step++) {
        computation.compute(step);
        losses.add(
            state.strategy().synchronise(step, schedule.at(step, plan.totalSteps())).meanLoss());
        hashes.add(Sha256.of(state.parameters()));
      }
      boolean first = exchange.rank() == 0;
      return new ParityOutcome(
          exchange.rank(),
          losses,
          hashes,
          first ? bytes(state.parameters()) : new byte[0],
          state.run().engine().precision(),
          !state.device().isCuda() || state.run().engine().deterministic());
    }
  }

  private static byte[] bytes(FlatVector vector) {
    byte[] bytes = new byte[Math.toIntExact(vector.length() * Float.BYTES)];
    ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder()).asFloatBuffer().put(vector.floats());
    return bytes;
  }
}
