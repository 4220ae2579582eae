package dev.sinter.trainer.training;

import dev.sinter.dataset.DatasetManifest;
import dev.sinter.dataset.JobDescription;
import dev.sinter.dataset.SplitOverlap;
import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import dev.sinter.trainer.checkpoint.CheckpointManifest.ChangedSetting;
import dev.sinter.trainer.checkpoint.CheckpointManifest.EpochRecord;
import dev.sinter.trainer.checkpoint.CheckpointManifest.RollBack;
import dev.sinter.trainer.checkpoint.Checkpoints;
import dev.sinter.trainer.checkpoint.Continuation;
import dev.sinter.trainer.checkpoint.FolderLease;
import dev.sinter.trainer.checkpoint.Resuming;
import dev.sinter.trainer.checkpoint.RunDirectory;
import dev.sinter.trainer.config.Locations;
import dev.sinter.trainer.config.RunConfig;
import dev.sinter.trainer.data.LanePlan;
import dev.sinter.trainer.engine.Network;
import dev.sinter.trainer.engine.libtorch.InstalledDevices;
import dev.sinter.trainer.engine.libtorch.TensorDevices;
import dev.sinter.trainer.pretrained.PretrainedWeights;
import dev.sinter.trainer.tracking.Tracking;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;
import org.deeplearning4j.nn.graph.ComputationGraph;

/**
 * The driver's side of a training run: plans it, runs the barrier stage, and says what came out.
 */
public final class TrainingJob {
  /** What a run ships. */
  public static final List<Class<?>> SHIPPED =
      List.of(TrainingPlan.class, WorkerOutcome.class, ParityOutcome.class);

  /** DL4J seeds a generator of the whole process: runs that begin together would share it. */
  private static final Object INITIALISING = new Object();

  private final SparkSession spark;
  private final RunConfig run;
  private final Map<String, String> versions;
  private final TensorDevices devices;
  private final TrainingRequirements requirements;

  /**
   * A run.
   *
   * @param versions of Sinter and its libraries, kept in the checkpoints
   */
  public TrainingJob(SparkSession spark, RunConfig run, Map<String, String> versions) {
    this(spark, run, versions, InstalledDevices.INSTANCE);
  }

  /**
   * A run on other devices than the installed ones.
   *
   * @param devices shipped to the workers, which compute on the one that Spark assigns
   */
  TrainingJob(
      SparkSession spark, RunConfig run, Map<String, String> versions, TensorDevices devices) {
    this.spark = spark;
    this.run = run;
    this.versions = versions;
    this.devices = devices;
    this.requirements = new TrainingRequirements(spark, run);
  }

  /**
   * Trains to the end.
   *
   * @throws SinterException whatever ends the run, with its code
   */
  public TrainingResult run(Resume resume, TrainingListener listener) {
    return runUntil(run.train().epochs(), resume, listener);
  }

  /**
   * Trains until an epoch is done. The schedule is that of all epochs, so a run that goes on later
   * ends with the bits of one that never stopped.
   *
   * @param lastEpoch to be done, counted from 1; those that are done already are not undone
   * @throws SinterException whatever ends the run, with its code
   */
  public TrainingResult runUntil(int lastEpoch, Resume resume, TrainingListener listener) {
    requirements.requireCluster();
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    DatasetManifest dataset = DatasetManifest.read(new Path(run.data().output()), hadoop);
    requirements.requireSameTask(dataset);
    RunDirectory directory = RunDirectory.open(run.train().output(), hadoop);
    if (Dl4jTraining.isStrategy(run.sync().strategy())) {
      new Dl4jRequirements(spark, run).require(resume, directory);
    }
    requirements.requireFree(directory, resume);
    SplitOverlap.refuse(spark, new Path(run.data().output()), dataset);
    TrainingPlan plan = plan(dataset, resume.continuation(), lastEpoch);
    try (FolderLease lease = FolderLease.take(directory, listener::onWaitForFolder)) {
      requirements.requireFree(directory, resume);
      return track(plan, resume, directory, lease, listener);
    }
  }

  private TrainingResult track(
      TrainingPlan plan,
      Resume resume,
      RunDirectory directory,
      FolderLease lease,
      TrainingListener listener) {
    try (RunMetrics metrics = RunMetrics.register(run.cluster().workers());
        Tracking tracking =
            Tracking.open(
                run,
                directory,
                plan.dataset().fingerprint(),
                versions,
                listener::onTrackingFailure)) {
      TrackedListener tracked =
          new TrackedListener(
              listener,
              tracking,
              metrics,
              new Checkpoints(directory, plan.runId(), 0),
              plan.lanes().stepsPerEpoch());
      TrainingResult result = train(plan, resume, directory, lease, tracked);
      tracking.finish(
          Map.of(
              "checkpoint", result.checkpoint(),
              "best-checkpoint", result.bestCheckpoint(),
              "parameters-sha256", result.parametersSha256()));
      return result;
    }
  }

  private TrainingResult train(
      TrainingPlan plan,
      Resume resume,
      RunDirectory directory,
      FolderLease lease,
      TrainingListener listener) {
    Resuming resuming = new Resuming(WorkerCheckpoints.identity(run, plan), resume.continuation());
    Checkpoints checkpoints = new Checkpoints(directory, plan.runId(), 0);
    prepareCheckpoints(checkpoints, directory, resume, resuming, listener);
    if (directory.checkpointSteps().isEmpty()) { // what it goes on from has all weights
      loadPretrained(plan, listener);
    }
    directory.writeText(RunDirectory.CONFIGURATION, run.effectiveYaml());
    return Dl4jTraining.isStrategy(run.sync().strategy())
        ? trainBaseline(plan, directory, lease, listener)
        : trainOnWorkers(plan, directory, checkpoints, lease, listener);
  }

  private TrainingResult trainOnWorkers(
      TrainingPlan first,
      RunDirectory directory,
      Checkpoints checkpoints,
      FolderLease lease,
      TrainingListener listener) {
    TrainingPlan plan = first;
    double seconds = 0;
    while (true) {
      TrainingPlan current = plan;
      RunMonitor monitor = new RunMonitor(spark, current, run.cluster(), listener, lease::loss);
      try {
        List<WorkerOutcome> outcomes = monitor.supervise(() -> runStage(current));
        monitor.reportRest(outcomes.get(0).history());
        directory.removeUnfinishedCheckpoints(current.runId());
        return result(directory, outcomes, plan.lanes(), seconds + monitor.seconds());
      } catch (SinterException e) {
        removeUnfinished(directory, current.runId(), e);
        List<RollBack> rollBacks =
            RollBacks.after(
                e, run.train().nonFinite(), current.rollBacks(), checkpoints::newestManifest);
        listener.onRollBack(rollBacks.get(rollBacks.size() - 1), rollBacks.size());
        plan = current.after(rollBacks, UUID.randomUUID().toString());
        seconds += monitor.seconds();
      } catch (RuntimeException e) {
        removeUnfinished(directory, current.runId(), e);
        throw e;
      }
    }
  }

  private TrainingResult trainBaseline(
      TrainingPlan plan, RunDirectory directory, FolderLease lease, TrainingListener listener) {
    long start = System.nanoTime();
    WorkerOutcome outcome;
    JobDescription named =
        JobDescription.of(
            spark,
            "train",
            "train " + plan.network().spec().name() + " with " + run.sync().strategy());
    try {
      outcome = new Dl4jTraining(spark, plan, directory, lease, listener).train();
    } catch (RuntimeException e) {
      removeUnfinished(directory, plan.runId(), e);
      throw e;
    } finally {
      named.close();
    }
    directory.removeUnfinishedCheckpoints(plan.runId());
    return result(directory, List.of(outcome), plan.lanes(), (System.nanoTime() - start) / 1e9);
  }

  /**
   * Trains the first steps on the workers and on one, and compares; writes nothing.
   *
   * @param steps of each
   * @throws SinterException whatever ends it, with its code
   */
  public ParityReport verifyParity(int steps, TrainingListener listener) {
    requirements.requireCluster();
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    DatasetManifest dataset = DatasetManifest.read(new Path(run.data().output()), hadoop);
    requirements.requireSameTask(dataset);
    TrainingPlan plan = plan(dataset, Resume.NEVER.continuation(), run.train().epochs());
    loadPretrained(plan, listener);
    return new ParityCheck(spark, plan, devices, listener).compare(steps);
  }

  private TrainingPlan plan(DatasetManifest dataset, Continuation continuation, int lastEpoch) {
    RunNetwork source = RunNetwork.of(run, dataset, spark.sparkContext().hadoopConfiguration());
    Network network = source.network();
    run.requireParts(source.parts());
    NormalisedValues.require(network, run.train().microBatchSize());
    requirements.requireMemory(network);
    return new TrainingPlan(
        UUID.randomUUID().toString(),
        network,
        dataset,
        new LanePlan(
            requirements.trainSamples(dataset), run.train().lanes(), run.train().microBatchSize()),
        run.effectiveYaml(),
        source.weights().map(TrainingJob::bytes).orElseGet(() -> initialParameters(network)),
        versions,
        continuation,
        List.of(),
        lastEpoch);
  }

  /** Compares with what is there before anything is written, then brings what is elsewhere. */
  private static void prepareCheckpoints(
      Checkpoints checkpoints,
      RunDirectory directory,
      Resume resume,
      Resuming resuming,
      TrainingListener listener) {
    if (resume instanceof Resume.From from && !from.source().isOriginOf(directory)) {
      tellChanges(checkpoints.requireResumable(resuming, from.source()), listener);
      directory.removeUnfinishedCheckpoints();
      checkpoints.adopt(from.source());
    } else {
      tellChanges(checkpoints.requireResumable(resuming), listener);
      directory.removeUnfinishedCheckpoints();
    }
  }

  private static void tellChanges(List<ChangedSetting> changed, TrainingListener listener) {
    if (!changed.isEmpty()) {
      listener.onApproximation(changed);
    }
  }

  private static void removeUnfinished(
      RunDirectory directory, String runId, RuntimeException failure) {
    try {
      directory.removeUnfinishedCheckpoints(runId);
    } catch (SinterException e) {
      failure.addSuppressed(e); // the next run tries again
    }
  }

  private List<WorkerOutcome> runStage(TrainingPlan plan) {
    return BarrierStage.run(
            spark, plan, run.cluster().workers(), devices, WorkerOutcome.class, TrainingWorker::run)
        .stream()
        .sorted(Comparator.comparingInt(WorkerOutcome::rank))
        .toList();
  }

  private static byte[] initialParameters(Network network) {
    INDArray parameters;
    synchronized (INITIALISING) {
      ComputationGraph graph = new ComputationGraph(network.configuration());
      graph.init();
      parameters = graph.params();
    }
    return bytes(parameters.data().asFloat());
  }

  private static byte[] bytes(float[] parameters) {
    ByteBuffer bytes =
        ByteBuffer.allocate(Math.multiplyExact(parameters.length, Float.BYTES))
            .order(ByteOrder.nativeOrder());
    bytes.asFloatBuffer().put(parameters);
    return bytes.array();
  }

  /** Over the plan's initial parameters, in place: there may be gigabytes of them. */
  private void loadPretrained(TrainingPlan plan, TrainingListener listener) {
    Network network = plan.network();
    FloatBuffer parameters =
        ByteBuffer.wrap(plan.initialParameters()).order(ByteOrder.nativeOrder()).asFloatBuffer();
    run.model()
        .pretrained()
        .ifPresent(
            uri ->
                listener.onPretrained(
                    PretrainedWeights.load(
                        Locations.qualified(uri, spark.sparkContext().hadoopConfiguration()),
                        spark.sparkContext().hadoopConfiguration(),
                        network.spec(),
                        network.configuration(),
                        parameters)));
  }

  private static TrainingResult result(
      RunDirectory directory, List<WorkerOutcome> outcomes, LanePlan lanes, double seconds) {
    WorkerOutcome first = outcomes.get(0);
    for (WorkerOutcome outcome : outcomes) {
      if (!outcome.parametersSha256().equals(first.parametersSha256())) {
        throw new SinterException(
            ErrorCategory.BUG,
            "WORKERS_DISAGREE",
            "worker " + outcome.rank() + " ended with other weights than worker 0",
            "this is a bug in Sinter; please report it with the configuration");
      }
    }
    List<EpochRecord> history = first.history();
    long imagesPerEpoch = (long) lanes.stepsPerEpoch() * lanes.globalBatchSize();
    double trainSeconds = history.stream().mapToDouble(EpochRecord::seconds).sum();
    // Not the history's best epoch: an adopted history may name one whose checkpoint is not here.
    long bestStep = directory.bestStep().orElseThrow();
    long bytes = history.stream().mapToLong(EpochRecord::bytesSent).sum();
    return new TrainingResult(
        directory.latestCheckpoint().orElseThrow().toString(),
        directory.checkpoint(bestStep).toString(),
        first.step(),
        history.size(),
        seconds,
        trainSeconds == 0 ? 0 : history.size() * imagesPerEpoch / trainSeconds,
        first.step() == 0 ? 0 : bytes / first.step(),
        first.parametersSha256(),
        outcomes.stream().mapToDouble(WorkerOutcome::readSeconds).max().orElse(0),
        first.precision(),
        history,
        Math.toIntExact(bestStep / lanes.stepsPerEpoch()));
  }
}
