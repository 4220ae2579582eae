package dev.sinter.trainer.training;

import dev.sinter.dataset.Normalization;
import dev.sinter.model.InputShape;
import dev.sinter.trainer.data.Augmentation;
import dev.sinter.trainer.data.BatchAssembler;
import dev.sinter.trainer.data.LanePlan;
import dev.sinter.trainer.data.Prefetcher;
import dev.sinter.trainer.data.Randomness;
import dev.sinter.trainer.data.SampleCache;
import dev.sinter.trainer.data.SampleOrder;
import dev.sinter.trainer.engine.Batch;
import dev.sinter.trainer.engine.Replica;
import dev.sinter.trainer.sync.Strategy;
import java.time.Duration;

/** Computes one worker's lanes of each step, while the batches of the next are assembled. */
public final class LaneComputation implements AutoCloseable {
  private final LaneSlots slots;
  private final Strategy strategy;
  private final long seed;
  private final LanePlan.Range lanes;
  private final Prefetcher batches;

  /**
   * What batches are made from.
   *
   * @param samples the worker's samples
   * @param shape what the network takes of each
   * @param normalization makes network inputs of stored values
   * @param augmentation how far samples are changed
   * @param assemblers threads that make them
   */
  public record Source(
      SampleCache samples,
      InputShape shape,
      Normalization normalization,
      Augmentation augmentation,
      int assemblers) {
    private Batch allocate(int microBatchSize) {
      return Batch.of(microBatchSize, shape.dimensions(), samples.labels());
    }
  }

  /**
   * The steps to come.
   *
   * @param done steps that lie behind
   * @param total number of the last one that is computed
   * @param timeout longest wait for a batch
   */
  public record Steps(long done, long total, Duration timeout) {}

  private LaneComputation(
      LaneSlots slots, Strategy strategy, long seed, LanePlan.Range lanes, Prefetcher batches) {
    this.slots = slots;
    this.strategy = strategy;
    this.seed = seed;
    this.lanes = lanes;
    this.batches = batches;
  }

  /** Starts to assemble batches, on threads of their own. */
  public static LaneComputation start(
      LaneSlots slots,
      Strategy strategy,
      SampleOrder order,
      LanePlan.Range lanes,
      Source source,
      Steps steps) {
    Prefetcher batches =
        Prefetcher.start(
            order,
            lanes,
            steps.done(),
            steps.total(),
            source.assemblers(),
            () ->
                new BatchAssembler(source.samples(), source.normalization(), source.augmentation()),
            () -> source.allocate(order.plan().microBatchSize()),
            steps.timeout());
    return new LaneComputation(slots, strategy, order.seed(), lanes, batches);
  }

  /** Leaves the gradients of all lanes of a step, counted from 1, with the strategy. */
  public void compute(long step) {
    slots.runOnAll((slot, replica) -> computeLanes(step, slot, replica));
  }

  private void computeLanes(long step, int slot, Replica replica) throws InterruptedException {
    replica.parametersChanged();
    for (int lane = lanes.from() + slot; lane < lanes.to(); lane += slots.count()) {
      Batch batch = batches.take(step - 1, lane);
      float loss =
          replica.computeGradient(
              batch, Randomness.DROPOUT.seedFor(seed, step, lane), strategy.gradientBuffer(lane));
      strategy.laneComputed(lane, loss);
    }
  }

  @Override
  public void close() {
    batches.close();
  }
}
