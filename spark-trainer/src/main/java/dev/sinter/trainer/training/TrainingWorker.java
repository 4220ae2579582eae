package dev.sinter.trainer.training;

import dev.sinter.trainer.checkpoint.CheckpointManifest.EpochRecord;
import dev.sinter.trainer.checkpoint.Sha256;
import dev.sinter.trainer.config.RunConfig;
import dev.sinter.trainer.data.LanePlan;
import dev.sinter.trainer.engine.libtorch.TensorDevices;
import dev.sinter.trainer.optimizer.LearningRateSchedule;
import dev.sinter.trainer.sync.StepResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.BarrierTaskContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One worker's training: its lanes of every step, its part of validation, its slices of every
 * checkpoint.
 */
final class TrainingWorker implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TrainingWorker.class);
  private static final long PROGRESS_NANOS = Duration.ofMillis(200).toNanos();
  private static final long TOLD_NANOS = Duration.ofSeconds(1).toNanos();

  private final WorkerState state;
  private final TrainingPlan plan;
  private final RunConfig run;
  private final DriverChannel.Sender driver;
  private final BarrierTaskContext context;
  private final int stageAttempt;
  private final long totalSteps;
  private final List<EpochRecord> history;
  private final LanePlan.Range lanes;
  private final LearningRateSchedule schedule;
  private final NonFiniteSteps nonFinite;
  private final WorkerMetrics metrics;
  private long step;
  private long lastProgressNanos;
  private long lastToldNanos;
  private WorkerTimes untold = WorkerTimes.NONE;

  private TrainingWorker(
      WorkerState state, DriverChannel.Sender driver, BarrierTaskContext context) {
    this.state = state;
    this.plan = state.plan();
    this.run = state.run();
    this.driver = driver;
    this.context = context;
    this.stageAttempt = context.stageAttemptNumber();
    this.totalSteps = plan.totalSteps();
    this.history = new ArrayList<>(state.history());
    this.step = state.firstStep();
    this.nonFinite = state.nonFinite();
    this.metrics = WorkerMetrics.register(state.exchange().rank());
    this.lanes = plan.lanes().lanesOfWorker(state.exchange().rank(), state.exchange().workers());
    this.schedule = TrainingSettings.schedule(run, plan.lanes().stepsPerEpoch());
  }

  /** A worker's whole run. */
  static WorkerOutcome run(
      TrainingPlan plan,
      TensorDevices devices,
      BarrierTaskContext context,
      DriverChannel.Sender driver) {
    try (TrainingWorker worker = open(plan, devices, context, driver)) {
      return worker.train();
    }
  }

  /** Meets the other workers, reads this one's samples and restores the newest checkpoint. */
  private static TrainingWorker open(
      TrainingPlan plan,
      TensorDevices devices,
      BarrierTaskContext context,
      DriverChannel.Sender driver) {
    return new TrainingWorker(WorkerState.open(plan, devices, context), driver, context);
  }

  /** Trains from the restored step to the end. */
  WorkerOutcome train() {
    if (state.exchange().rank() == 0) {
      driver.send(new WorkerMessage.Resumed(stageAttempt, step));
    }
    while (step < plan.lastStep()) {
      if (step == state.lastStep()) {
        state.goOn(context);
      }
      long last = Math.min(state.lastStep(), plan.lastStep());
      try (LaneComputation computation = computation(state, step, last)) {
        while (step < last) {
          trainEpoch(computation);
        }
      }
    }
    return new WorkerOutcome(
        state.exchange().rank(),
        step,
        Sha256.of(state.parameters()),
        history,
        state.readSeconds(),
        run.engine().precision());
  }

  /** Computes a worker's lanes from the step after {@code done} on. */
  static LaneComputation computation(WorkerState state, long done, long last) {
    TrainingPlan plan = state.plan();
    RunConfig run = state.run();
    return LaneComputation.start(
        state.slots(),
        state.strategy(),
        TrainingSettings.order(run, plan.lanes(), state.trainSamples()),
        plan.lanes().lanesOfWorker(state.exchange().rank(), state.exchange().workers()),
        new LaneComputation.Source(
            state.trainSamples(),
            plan.network().spec().input(),
            plan.dataset().normalization(),
            TrainingSettings.augmentation(run.train().augment()),
            state.assemblers()),
        new LaneComputation.Steps(done, last, Duration.ofSeconds(run.cluster().timeoutSeconds())));
  }

  private void trainEpoch(LaneComputation computation) {
    EpochClock clock = new EpochClock();
    double learningRate = 0;
    do {
      step++;
      learningRate = nonFinite.rate(schedule.at(step, totalSteps), step);
      clock.startStep();
      computation.compute(step);
      clock.lanesComputed();
      StepResult result = state.strategy().synchronise(step, learningRate);
      WorkerTimes times = clock.endStep(result, lanes.size() * plan.lanes().microBatchSize());
      nonFinite.judge(step, learningRate, result);
      reportProgress(result.meanLoss(), times);
    } while (plan.lanes().stepInEpoch(step) != 0);
    finishEpoch(clock, learningRate);
  }

  private void finishEpoch(EpochClock clock, double learningRate) {
    long validationStart = System.nanoTime();
    state.strategy().showAverage(step);
    EpochPart mine = clock.part(state.validation().run(state.slots()), lanes.size());
    LOG.info(
        "worker {}, epoch ending with step {}: {}", state.exchange().rank(), step, mine.times());
    List<EpochPart> parts =
        Gathering.toFirst(
            state.exchange(),
            step,
            "epoch",
            EpochPart.class,
            mine,
            Patience.seconds(run.cluster()));
    if (!parts.isEmpty()) {
      double validationSeconds = (System.nanoTime() - validationStart) / 1e9;
      history.add(
          EpochSummary.of(plan, history.size() + 1, parts, learningRate, validationSeconds));
    }
    state.checkpoints().save(state.strategy(), state.parameters(), step, history, nonFinite);
    state.strategy().showTrained();
    if (!parts.isEmpty()) {
      EpochRecord latest = history.get(history.size() - 1);
      driver.send(
          new WorkerMessage.EpochDone(
              stageAttempt, latest, EpochRecord.best(history) == latest.epoch()));
    }
  }

  private void reportProgress(double meanLoss, WorkerTimes times) {
    long now = System.nanoTime();
    metrics.update(step, times);
    LOG.debug("worker {}, step {}: loss {}, {}", state.exchange().rank(), step, meanLoss, times);
    untold = untold.plus(times);
    if (now - lastToldNanos > TOLD_NANOS) {
      lastToldNanos = now;
      driver.send(
          new WorkerMessage.WorkerTold(
              stageAttempt,
              new WorkerProgress(state.exchange().rank(), Hosts.name(), step, untold)));
      untold = WorkerTimes.NONE;
    }
    if (state.exchange().rank() == 0 && now - lastProgressNanos > PROGRESS_NANOS) {
      lastProgressNanos = now;
      driver.send(new WorkerMessage.StepDone(stageAttempt, step, meanLoss));
    }
  }

  @Override
  public void close() {
    metrics.close();
    state.close();
  }
}
