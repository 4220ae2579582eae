package dev.sinter.trainer.training;

import dev.sinter.trainer.checkpoint.CheckpointManifest;
import dev.sinter.trainer.checkpoint.CheckpointManifest.EpochRecord;
import dev.sinter.trainer.checkpoint.RunDirectory;
import dev.sinter.trainer.config.FreezeSchedule;
import dev.sinter.trainer.config.RunConfig;
import dev.sinter.trainer.data.LanePlan;
import dev.sinter.trainer.data.SampleCache;
import dev.sinter.trainer.data.SplitReader;
import dev.sinter.trainer.engine.Engines;
import dev.sinter.trainer.engine.FlatVector;
import dev.sinter.trainer.engine.device.ComputeDevice;
import dev.sinter.trainer.engine.device.SparkDevices;
import dev.sinter.trainer.engine.libtorch.TensorDevices;
import dev.sinter.trainer.sync.Exchange;
import dev.sinter.trainer.sync.Lanes;
import dev.sinter.trainer.sync.SparkExchange;
import dev.sinter.trainer.sync.Strategies;
import dev.sinter.trainer.sync.Strategy;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.BarrierTaskContext;
import org.apache.spark.SparkEnv;
import org.apache.spark.deploy.SparkHadoopUtil;

/**
 * Everything that one worker holds during a run; opened and closed in order.
 *
 * <p>Where something is frozen, it holds what trains the rest, and is to go on with more of it
 * after the last epoch of that.
 */
final class WorkerState implements AutoCloseable {
  private final Deque<AutoCloseable> opened = new ArrayDeque<>();
  private final TrainingPlan plan;
  private RunConfig run;
  private final TensorDevices devices;
  private final ComputeDevice device;
  private final FreezeSchedule freezing;
  private WorkerSizing sizing;
  private Exchange exchange;
  private FlatVector parameters;
  private Strategy strategy;
  private LaneSlots slots;
  private SampleCache trainSamples;
  private Validation validation;
  private WorkerCheckpoints checkpoints;
  private List<EpochRecord> history = List.of();
  private NonFiniteSteps nonFinite;
  private long firstStep;
  private long lastStep;
  private double readSeconds;

  private WorkerState(TrainingPlan plan, TensorDevices devices, ComputeDevice device) {
    this.plan = plan;
    this.run = plan.configuration();
    this.devices = devices;
    this.device = device;
    this.freezing = FreezeSchedule.of(run, RunNetwork.parts(run, plan.network()));
    this.sizing = WorkerSizing.of(run, SparkEnv.get().conf()).on(device);
  }

  /** Opens everything, and restores the newest checkpoint. */
  static WorkerState open(TrainingPlan plan, TensorDevices devices, BarrierTaskContext context) {
    WorkerState state = new WorkerState(plan, devices, SparkDevices.ofTask(context));
    return state.closedOnFailure(
        () -> {
          state.meet(
              SparkExchange.meet(context, plan.runId(), state.run.cluster().timeoutSeconds()));
          state.allocate();
          Configuration hadoop = SparkHadoopUtil.get().newConfiguration(SparkEnv.get().conf());
          state.runFolder(context, hadoop).require();
          state.restore();
          state.readSamples(hadoop);
          state.awaitReady();
        });
  }

  /**
   * Opens what computes, at the initial weights; neither reads nor writes in the run's folder.
   *
   * @param exchange closed with the state
   */
  static WorkerState openWithoutCheckpoints(
      TrainingPlan plan, TensorDevices devices, BarrierTaskContext context, Exchange exchange) {
    WorkerState state = new WorkerState(plan, devices, SparkDevices.ofTask(context));
    return state.closedOnFailure(
        () -> {
          state.meet(exchange);
          state.allocate();
          state.train(1);
          state.readSamples(SparkHadoopUtil.get().newConfiguration(SparkEnv.get().conf()));
          state.awaitReady();
        });
  }

  private WorkerState closedOnFailure(Runnable opening) {
    try {
      opening.run();
      return this;
    } catch (Throwable e) { // Spark throws its checked exceptions undeclared
      try {
        close();
      } catch (RuntimeException closing) {
        e.addSuppressed(closing);
      }
      throw e;
    }
  }

  private void meet(Exchange met) {
    exchange = closedLater(met);
    if (device.isCuda()) {
      OwnDevices.require(exchange, device, Patience.seconds(run.cluster()));
    }
    run = PrecisionAgreement.settle(run, device, devices.cuda(), exchange);
    sizing = WorkerSizing.of(run, SparkEnv.get().conf()).on(device);
  }

  private void allocate() {
    sizing.memory(plan.network()).requireFits(1, run.model().name(), run.train().microBatchSize());
    parameters = closedLater(FlatVector.ofFloats(plan.network().layout().length()));
    parameters
        .floats()
        .put(
            ByteBuffer.wrap(plan.initialParameters())
                .order(ByteOrder.nativeOrder())
                .asFloatBuffer());
  }

  /** Opens what trains in an epoch. */
  private void train(int epoch) {
    int stepsPerEpoch = plan.lanes().stepsPerEpoch();
    strategy =
        closedLater(
            Strategies.create(
                TrainingSettings.sync(run, stepsPerEpoch, sizing.cpus()),
                TrainingSettings.optimizer(run.optimizer()),
                freezing.plan(plan.network(), epoch, stepsPerEpoch),
                new Lanes(run.train().lanes(), exchange.workers()),
                parameters,
                exchange));
    opened.remove(exchange); // the strategy closes it
    slots =
        closedLater(
            new LaneSlots(
                sizing.slots(),
                Engines.byName(TrainingSettings.engine(run).on(device), devices),
                freezing.network(plan.network(), epoch),
                parameters));
    int lastEpoch = freezing.lastEpochLike(epoch, run.train().epochs());
    lastStep = (long) lastEpoch * stepsPerEpoch;
  }

  /**
   * Goes on with what trains after {@link #lastStep}, from the checkpoint of that step, as a run
   * does that is started again: so the bits do not tell whether it was.
   */
  void goOn(BarrierTaskContext context) {
    long step = lastStep;
    for (AutoCloseable over : List.of(slots, strategy)) { // and with it the exchange
      opened.remove(over);
      closeOne(over);
    }
    exchange =
        closedLater(
            SparkExchange.meet(
                context, plan.runId() + " after step " + step, run.cluster().timeoutSeconds()));
    // Was seen to be the run's; its configuration may have been edited for a later run.
    runFolder(context, SparkHadoopUtil.get().newConfiguration(SparkEnv.get().conf()))
        .awaitFileSystem();
    restore();
    if (firstStep != step) {
      throw new IllegalStateException(
          "the newest checkpoint is of step " + firstStep + ", not of " + step);
    }
    awaitReady();
  }

  private static void closeOne(AutoCloseable resource) {
    try {
      resource.close();
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private void readSamples(Configuration hadoop) {
    long start = System.nanoTime();
    LanePlan.Range mine = plan.lanes().samplesOfWorker(exchange.rank(), exchange.workers());
    trainSamples = closedLater(read(hadoop, "train", mine.from(), mine.to()));
    var val = plan.dataset().splits().get("val");
    long samples = val == null ? 0 : val.samples();
    long from = samples * exchange.rank() / exchange.workers();
    long to = samples * (exchange.rank() + 1) / exchange.workers();
    validation =
        new Validation(
            closedLater(read(hadoop, "val", from, to)),
            plan.network().spec().input(),
            plan.dataset().normalization(),
            plan.network().spec().classes(),
            run.train().microBatchSize(),
            sizing.slots());
    readSeconds = (System.nanoTime() - start) / 1e9;
  }

  private SampleCache read(Configuration hadoop, String split, long from, long to) {
    Path directory = Path.of(SparkEnv.get().blockManager().diskBlockManager().localDirsString()[0]);
    try (SplitReader reader =
        new SplitReader(
            hadoop,
            new org.apache.hadoop.fs.Path(run.data().output()),
            plan.dataset(),
            split,
            from,
            to)) {
      return SampleCache.readWithPlaces(reader, Math.toIntExact(from), directory);
    }
  }

  /** Opens the run's folder; the worker's checkpoints are there. */
  private SharedFolder runFolder(BarrierTaskContext context, Configuration hadoop) {
    RunDirectory directory = RunDirectory.open(run.train().output(), hadoop);
    checkpoints = new WorkerCheckpoints(plan, run, directory, exchange, context);
    return new SharedFolder(plan, run, directory, exchange.rank(), context.stageAttemptNumber());
  }

  private void restore() {
    CheckpointManifest manifest =
        checkpoints.restore(
            parameters, step -> train(plan.lanes().epochOf(step) + 1), () -> strategy);
    nonFinite = NonFiniteSteps.of(run.train().nonFinite(), plan.rollBacks(), manifest);
    if (manifest != null) {
      firstStep = manifest.step();
      history = manifest.history();
    }
  }

  private void awaitReady() {
    // Who is ready first waits here, rather than in its first step with the deadline of a step.
    exchange.barrier(0, "ready", Patience.seconds(run.cluster()));
  }

  private <T extends AutoCloseable> T closedLater(T resource) {
    opened.push(resource);
    return resource;
  }

  TrainingPlan plan() {
    return plan;
  }

  RunConfig run() {
    return run;
  }

  Exchange exchange() {
    return exchange;
  }

  ComputeDevice device() {
    return device;
  }

  FlatVector parameters() {
    return parameters;
  }

  Strategy strategy() {
    return strategy;
  }

  LaneSlots slots() {
    return slots;
  }

  /** Threads that assemble batches while others are computed. */
  int assemblers() {
    return sizing.assemblers();
  }

  SampleCache trainSamples() {
    return trainSamples;
  }

  Validation validation() {
    return validation;
  }

  WorkerCheckpoints checkpoints() {
    return checkpoints;
  }

  List<EpochRecord> history() {
    return history;
  }

  NonFiniteSteps nonFinite() {
    return nonFinite;
  }

  long firstStep() {
    return firstStep;
  }

  /** Last step in which the same trains as in the first: the run's last one, or an epoch's. */
  long lastStep() {
    return lastStep;
  }

  double readSeconds() {
    return readSeconds;
  }

  @Override
  public void close() {
    RuntimeException failure = null;
    while (!opened.isEmpty()) {
      try {
        opened.pop().close();
      } catch (Exception e) {
        if (failure == null) {
          failure = new IllegalStateException("closing a worker failed", e);
        } else {
          failure.addSuppressed(e);
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
