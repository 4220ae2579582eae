package dev.sinter.trainer.training;

import dev.sinter.trainer.checkpoint.CheckpointManifest;
import dev.sinter.trainer.checkpoint.CheckpointManifest.EpochRecord;
import dev.sinter.trainer.checkpoint.Checkpoints;
import dev.sinter.trainer.checkpoint.FolderLease;
import dev.sinter.trainer.checkpoint.RunDirectory;
import dev.sinter.trainer.checkpoint.Sha256;
import dev.sinter.trainer.config.RunConfig;
import dev.sinter.trainer.data.SampleCache;
import dev.sinter.trainer.data.SplitReader;
import dev.sinter.trainer.engine.Engines;
import dev.sinter.trainer.engine.FlatVector;
import dev.sinter.trainer.engine.libtorch.InstalledDevices;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;
import org.deeplearning4j.spark.impl.graph.SparkComputationGraph;
import org.nd4j.linalg.dataset.DataSet;

/**
 * A run by DL4J's own training masters and executor, as a baseline: the same shards, network,
 * global batch, epochs and checkpoints (without optimizer state, so it cannot be resumed).
 * Driver-only.
 */
final class Dl4jTraining {
  static final String GRADIENT_SHARING = "dl4j-gradient-sharing";
  static final String PARAMETER_AVERAGING = "dl4j-parameter-averaging";

  private final JavaSparkContext spark;
  private final TrainingPlan plan;
  private final RunConfig run;
  private final RunDirectory directory;
  private final FolderLease lease;
  private final TrainingListener listener;
  private final List<EpochRecord> history = new ArrayList<>();

  Dl4jTraining(
      SparkSession session,
      TrainingPlan plan,
      RunDirectory directory,
      FolderLease lease,
      TrainingListener listener) {
    this.spark = JavaSparkContext.fromSparkContext(session.sparkContext());
    this.plan = plan;
    this.run = plan.configuration().withPrecision("fp32");
    this.directory = directory;
    this.lease = lease;
    this.listener = listener;
  }

  static boolean isStrategy(String name) {
    return name.equals(GRADIENT_SHARING) || name.equals(PARAMETER_AVERAGING);
  }

  /** Trains to the end. */
  WorkerOutcome train() {
    int workers = run.cluster().workers();
    int batchSize = plan.lanes().globalBatchSize() / workers;
    int batches = plan.lanes().stepsPerEpoch() * workers;
    Broadcast<TrainingPlan> broadcast = spark.broadcast(plan);
    JavaRDD<DataSet> data = Dl4jBatches.of(spark, broadcast, batchSize, batches, workers);
    SparkComputationGraph graph =
        new SparkComputationGraph(
            spark,
            Dl4jModels.configured(plan.network(), run.optimizer()),
            Dl4jModels.master(spark, run, batchSize));
    listener.onStart(0, plan.totalSteps());
    try (FlatVector parameters = FlatVector.ofFloats(plan.network().layout().length());
        SampleCache val = readVal()) {
      for (int epoch = 1; epoch <= run.train().epochs(); epoch++) {
        long start = System.nanoTime();
        graph.fit(data);
        double seconds = (System.nanoTime() - start) / 1e9;
        parameters.floats().put(graph.getNetwork().params().data().asFloat());
        finishEpoch(epoch, graph.getScore(), seconds, parameters, val);
      }
      return new WorkerOutcome(
          0, plan.totalSteps(), Sha256.of(parameters), history, 0, run.engine().precision());
    } finally {
      data.unpersist();
      broadcast.destroy();
    }
  }

  private void finishEpoch(
      int epoch, double loss, double seconds, FlatVector parameters, SampleCache val) {
    final long start = System.nanoTime();
    ValidationScores.Summary scores = validate(parameters, val);
    long images = (long) plan.lanes().stepsPerEpoch() * plan.lanes().globalBatchSize();
    EpochRecord record =
        new EpochRecord(
            epoch,
            loss,
            scores.loss(),
            scores.metric(),
            run.optimizer().learningRate(),
            seconds,
            (System.nanoTime() - start) / 1e9,
            images / seconds,
            0, // what the masters send, they do not count
            seconds,
            0,
            0,
            0,
            List.of());
    history.add(record);
    save(parameters, (long) epoch * plan.lanes().stepsPerEpoch());
    listener.onEpoch(record, run.train().epochs(), EpochRecord.best(history) == epoch);
  }

  private SampleCache readVal() {
    var val = plan.dataset().splits().get("val");
    Path scratch = Path.of(SparkEnv.get().blockManager().diskBlockManager().localDirsString()[0]);
    try (SplitReader reader =
        new SplitReader(
            spark.hadoopConfiguration(),
            new org.apache.hadoop.fs.Path(run.data().output()),
            plan.dataset(),
            "val",
            0,
            val == null ? 0 : val.samples())) {
      return SampleCache.read(reader, 0, scratch);
    }
  }

  private ValidationScores.Summary validate(FlatVector parameters, SampleCache val) {
    try (LaneSlots slot =
        new LaneSlots(
            1,
            Engines.byName(TrainingSettings.engine(run), InstalledDevices.INSTANCE),
            plan.network(),
            parameters)) {
      Validation validation =
          new Validation(
              val,
              plan.network().spec().input(),
              plan.dataset().normalization(),
              plan.network().spec().classes(),
              run.train().microBatchSize(),
              slot.count());
      return ValidationScores.combine(List.of(validation.run(slot)), plan.network().spec().loss());
    }
  }

  private void save(FlatVector parameters, long step) {
    lease
        .loss()
        .ifPresent(
            loss -> {
              throw loss;
            });
    Checkpoints checkpoints = new Checkpoints(directory, plan.runId(), 0);
    CheckpointManifest manifest =
        new CheckpointManifest(
            CheckpointManifest.FORMAT_VERSION,
            plan.network().spec(),
            step,
            history.size(),
            WorkerCheckpoints.identity(run, plan),
            Sha256.of(parameters),
            List.of(),
            plan.dataset().withoutShards().toJson(),
            history,
            plan.configurationYaml(),
            0,
            plan.versions(),
            List.of(),
            List.of(),
            List.of(),
            0);
    checkpoints.unfinished(step);
    checkpoints.fill(plan.network().configurationJson(), parameters, manifest);
    checkpoints.publish(manifest, () -> lease.loss().isPresent());
    directory.markBestAndPrune(
        history, plan.lanes().stepsPerEpoch(), run.train().keepCheckpoints());
  }
}
