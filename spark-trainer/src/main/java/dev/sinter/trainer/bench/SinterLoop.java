package dev.sinter.trainer.bench;

import dev.sinter.trainer.data.Augmentation;
import dev.sinter.trainer.data.LanePlan;
import dev.sinter.trainer.data.SampleCache;
import dev.sinter.trainer.data.SampleOrder;
import dev.sinter.trainer.engine.EngineSettings;
import dev.sinter.trainer.engine.EngineSettings.Determinism;
import dev.sinter.trainer.engine.Engines;
import dev.sinter.trainer.engine.FlatVector;
import dev.sinter.trainer.engine.Network;
import dev.sinter.trainer.optimizer.OptimizerSettings;
import dev.sinter.trainer.optimizer.UpdatePlan;
import dev.sinter.trainer.sync.InMemoryExchange;
import dev.sinter.trainer.sync.Lanes;
import dev.sinter.trainer.sync.Strategies;
import dev.sinter.trainer.sync.Strategy;
import dev.sinter.trainer.sync.SyncSettings;
import dev.sinter.trainer.training.LaneComputation;
import dev.sinter.trainer.training.LaneSlots;
import java.time.Duration;

/**
 * Sinter's full step on one worker with one lane, through the classes that train: batches are
 * assembled and augmented on a thread of their own, the gradient goes through the strategy.
 */
final class SinterLoop implements StepLoop {
  /** Small, since the images are random: the loss has to stay finite. */
  static final double LEARNING_RATE = 1e-4;

  private static final long NO_END = 1L << 30;
  private static final int BATCHES = 4;
  private static final double TIMEOUT_SECONDS = 120;

  /** Flip, rotation by up to 10 degrees, crop by up to 4 pixels. */
  static final Augmentation AUGMENTATION = new Augmentation(0.5f, 0, 10, 4, 1, 1, 0, 0);

  private final FlatVector parameters;
  private final Strategy strategy;
  private final LaneSlots slots;
  private final SampleCache samples;
  private final LaneComputation computation;
  private long steps;

  SinterLoop(StepCase step, Network network) {
    parameters = FlatVector.ofFloats(network.layout().length());
    GeneratedData.initialise(network, parameters);
    strategy =
        Strategies.create(
            SyncSettings.gradientSharing().withThreads(step.threads()),
            OptimizerSettings.of("sgd", LEARNING_RATE),
            UpdatePlan.of(network),
            new Lanes(step.lanes(), 1),
            parameters,
            InMemoryExchange.group(1, TIMEOUT_SECONDS).get(0));
    EngineSettings engine =
        new EngineSettings(
            step.engine() == StepEngine.SINTER ? "libtorch" : "nd4j",
            step.precision(),
            Math.max(1, step.threads() / step.lanes()),
            Determinism.DETERMINISTIC);
    slots = new LaneSlots(step.lanes(), Engines.byName(engine), network, parameters);
    LanePlan plan =
        new LanePlan(
            BATCHES * step.microBatchSize(), step.lanes(), step.microBatchSize() / step.lanes());
    samples = GeneratedData.samples(network.spec(), step.hasMasks(), plan.samples());
    computation =
        LaneComputation.start(
            slots,
            strategy,
            new SampleOrder(plan, 1),
            plan.lanesOfWorker(0, 1),
            new LaneComputation.Source(
                samples,
                network.spec().input(),
                GeneratedData.normalization(network.spec()),
                AUGMENTATION,
                Math.max(1, step.lanes() / 2)),
            new LaneComputation.Steps(0, NO_END, Duration.ofSeconds((long) TIMEOUT_SECONDS)));
  }

  @Override
  public void step() {
    steps++;
    computation.compute(steps);
    strategy.synchronise(steps, LEARNING_RATE);
  }

  @Override
  public void close() {
    computation.close();
    samples.close();
    slots.close();
    strategy.close();
    parameters.close();
  }
}
