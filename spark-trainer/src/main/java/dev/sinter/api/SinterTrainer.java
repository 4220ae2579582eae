package dev.sinter.api;

import dev.sinter.error.SinterException;
import dev.sinter.trainer.checkpoint.CheckpointManifest.EpochRecord;
import dev.sinter.trainer.checkpoint.RunDirectory;
import dev.sinter.trainer.config.ConfigFile;
import dev.sinter.trainer.config.RunConfig;
import dev.sinter.trainer.engine.NativeLibraries;
import dev.sinter.trainer.run.Console;
import dev.sinter.trainer.run.Preparing;
import dev.sinter.trainer.run.RunSummary;
import dev.sinter.trainer.run.TrainingRun;
import dev.sinter.trainer.training.Resume;
import dev.sinter.trainer.training.TrainingListener;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Trains in a Spark session that is already there: the same procedure, configuration, checks and
 * results as {@code sinter train}. The session is neither stopped nor reconfigured.
 *
 * <p>The methods named after configuration keys ({@link #trainEpochs} sets {@code train.epochs})
 * say no more than {@link #set} does; every key of docs/reference/configuration.md can be set.
 * Values are checked when the run starts, all of them at once. An instance belongs to one thread.
 */
public final class SinterTrainer {
  private static final Logger LOG = LoggerFactory.getLogger(SinterTrainer.class);

  private final SparkSession spark;
  private final Settings settings = new Settings();
  private Optional<ComputationGraph> network = Optional.empty();
  private Resume resume = Resume.AUTO;
  private Consumer<String> lines = LOG::info;
  private TrainingListener listener = new EpochListener(epoch -> {});

  private SinterTrainer(SparkSession spark) {
    this.spark = spark;
  }

  /** A run in a session, with every key at its default. */
  public static SinterTrainer on(SparkSession spark) {
    return new SinterTrainer(spark);
  }

  /**
   * Takes a YAML file of the driver's file system; keys that are set, before or after, override it.
   *
   * @throws SinterException {@code CONFIGURATION_NOT_FOUND}
   */
  public SinterTrainer configuration(Path file) {
    settings.base(ConfigFile.text(file), file.toString());
    return this;
  }

  /** Takes a YAML text; keys that are set, before or after, override it. */
  public SinterTrainer configuration(String yaml) {
    settings.base(yaml, "the configuration");
    return this;
  }

  /** Sets any key to a text. */
  public SinterTrainer set(String key, String value) {
    return set(key, (Object) value);
  }

  /** Sets any key to a whole number. */
  public SinterTrainer set(String key, long value) {
    return set(key, (Object) value);
  }

  /** Sets any key to a number. */
  public SinterTrainer set(String key, double value) {
    return set(key, (Object) value);
  }

  /** Sets any key to true or false. */
  public SinterTrainer set(String key, boolean value) {
    return set(key, (Object) value);
  }

  /** Sets any key: to a text, a number, or a list or map of these. */
  public SinterTrainer set(String key, Object value) {
    settings.put(key, value);
    return this;
  }

  /** {@code data.input}. */
  public SinterTrainer dataInput(String uri) {
    return set("data.input", uri);
  }

  /** {@code data.output}. */
  public SinterTrainer dataOutput(String uri) {
    return set("data.output", uri);
  }

  /** {@code data.task}. */
  public SinterTrainer dataTask(String task) {
    return set("data.task", task);
  }

  /** {@code data.masks}. */
  public SinterTrainer dataMasks(String uri) {
    return set("data.masks", uri);
  }

  /** {@code data.sample}. */
  public SinterTrainer dataSample(String kind) {
    return set("data.sample", kind);
  }

  /** {@code data.size}. */
  public SinterTrainer dataSize(long height, long width) {
    return set("data.size", List.of(height, width));
  }

  /** {@code data.manifest}. */
  public SinterTrainer dataManifest(String uri) {
    return set("data.manifest", uri);
  }

  /** {@code data.fold}. */
  public SinterTrainer dataFold(String fold) {
    return set("data.fold", fold);
  }

  /** {@code data.patient-pattern}. */
  public SinterTrainer dataPatientPattern(String pattern) {
    return set("data.patient-pattern", pattern);
  }

  /** {@code data.split.seed}. */
  public SinterTrainer dataSplitSeed(long seed) {
    return set("data.split.seed", seed);
  }

  /** {@code model.name}. */
  public SinterTrainer modelName(String name) {
    return set("model.name", name);
  }

  /** {@code model.options}. */
  public SinterTrainer modelOptions(Map<String, ?> options) {
    return set("model.options", options);
  }

  /** {@code model.pretrained}. */
  public SinterTrainer modelPretrained(String uri) {
    return set("model.pretrained", uri);
  }

  /** {@code train.output}. */
  public SinterTrainer trainOutput(String uri) {
    return set("train.output", uri);
  }

  /** {@code train.epochs}. */
  public SinterTrainer trainEpochs(long epochs) {
    return set("train.epochs", epochs);
  }

  /** {@code train.lanes}. */
  public SinterTrainer trainLanes(long lanes) {
    return set("train.lanes", lanes);
  }

  /** {@code train.micro-batch-size}. */
  public SinterTrainer trainMicroBatchSize(long samples) {
    return set("train.micro-batch-size", samples);
  }

  /** {@code train.seed}. */
  public SinterTrainer trainSeed(long seed) {
    return set("train.seed", seed);
  }

  /** {@code train.loss}. */
  public SinterTrainer trainLoss(String loss) {
    return set("train.loss", loss);
  }

  /** {@code train.augment}. */
  public SinterTrainer trainAugment(Map<String, ?> changes) {
    return set("train.augment", changes);
  }

  /** {@code optimizer.name}. */
  public SinterTrainer optimizerName(String name) {
    return set("optimizer.name", name);
  }

  /** {@code optimizer.learning-rate}. */
  public SinterTrainer optimizerLearningRate(double rate) {
    return set("optimizer.learning-rate", rate);
  }

  /** {@code optimizer.weight-decay}. */
  public SinterTrainer optimizerWeightDecay(double decay) {
    return set("optimizer.weight-decay", decay);
  }

  /** {@code optimizer.schedule}. */
  public SinterTrainer optimizerSchedule(Map<String, ?> schedule) {
    return set("optimizer.schedule", schedule);
  }

  /** {@code engine.name}. */
  public SinterTrainer engineName(String name) {
    return set("engine.name", name);
  }

  /** {@code engine.precision}. */
  public SinterTrainer enginePrecision(String precision) {
    return set("engine.precision", precision);
  }

  /** {@code engine.threads-per-lane}. */
  public SinterTrainer engineThreadsPerLane(long threads) {
    return set("engine.threads-per-lane", threads);
  }

  /** {@code sync.strategy}. */
  public SinterTrainer syncStrategy(String strategy) {
    return set("sync.strategy", strategy);
  }

  /** {@code sync.compression}. */
  public SinterTrainer syncCompression(String compression) {
    return set("sync.compression", compression);
  }

  /** {@code sync.average-every-steps}. */
  public SinterTrainer syncAverageEverySteps(long steps) {
    return set("sync.average-every-steps", steps);
  }

  /** {@code cluster.workers}. */
  public SinterTrainer clusterWorkers(long workers) {
    return set("cluster.workers", workers);
  }

  /** {@code cluster.timeout-seconds}. */
  public SinterTrainer clusterTimeoutSeconds(long seconds) {
    return set("cluster.timeout-seconds", seconds);
  }

  /**
   * Trains a network of DL4J's own, from the weights that it has: any {@code ComputationGraph} of
   * layers that the engine knows, with one input and one output. Sets {@code model.configuration}
   * to a copy in {@code train.output}; {@code model.name} is {@code custom} unless it is set.
   */
  public SinterTrainer network(ComputationGraph graph) {
    network = Optional.of(graph);
    return this;
  }

  /** The same, from the random weights that the configuration's seed gives. */
  public SinterTrainer network(ComputationGraphConfiguration configuration) {
    NativeLibraries.select();
    ComputationGraph graph = new ComputationGraph(configuration.clone());
    graph.init();
    return network(graph);
  }

  /** Begins anew: refused when {@code train.output} holds checkpoints. By default it goes on. */
  public SinterTrainer anew() {
    resume = Resume.NEVER;
    return this;
  }

  /** Hears each epoch when its checkpoint is whole, in place of who heard before. */
  public SinterTrainer onEpoch(Consumer<EpochRecord> heard) {
    return onProgress(new EpochListener(heard));
  }

  /** Hears all that a run tells, on threads of the driver, in place of who heard before. */
  public SinterTrainer onProgress(TrainingListener heard) {
    listener = heard;
    return this;
  }

  /** Takes the lines that the command line prints, in place of the log. */
  public SinterTrainer lines(Consumer<String> taken) {
    lines = taken;
    return this;
  }

  /**
   * Every key with the value in force, as YAML: what {@code sinter config} prints.
   *
   * @throws SinterException {@code CONFIGURATION_INVALID}, naming every problem
   */
  public String effectiveConfiguration() {
    return effective().effectiveYaml();
  }

  /**
   * Prepares {@code data.input} where {@code data.output} holds no dataset yet.
   *
   * @throws SinterException whatever is wrong with configuration, session or collection
   */
  public SinterDataset prepare() {
    RunConfig run = checked();
    new Preparing(spark, new Console(lines)).runIfMissing(run.data());
    return SinterDataset.open(spark, run.data().output());
  }

  /**
   * Prepares where there is no dataset yet, trains, evaluates the best checkpoint on the test split
   * and writes the report.
   *
   * @throws SinterException whatever ends it, with its code
   */
  public TrainedRun train() {
    RunConfig run = checked();
    Console console = new Console(lines);
    double prepareSeconds = new Preparing(spark, console).runIfMissing(run.data());
    String again = "./sinter train " + run.train().output() + "/" + RunDirectory.CONFIGURATION;
    RunSummary summary =
        new TrainingRun(spark, run, again, console, listener).run(resume, prepareSeconds);
    return new TrainedRun(spark, run, summary);
  }

  private RunConfig checked() {
    NativeLibraries.select();
    RunConfig run = effective();
    new SessionRequirements(spark, run.cluster()).require(lines);
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    RunConfig qualified = run.qualified(hadoop);
    network.ifPresent(graph -> GivenNetwork.write(graph, qualified, hadoop));
    return qualified;
  }

  private RunConfig effective() {
    network.ifPresent(graph -> GivenNetwork.set(settings));
    return settings.run();
  }
}
