package dev.sinter.trainer.training;

import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import dev.sinter.model.ModelCard;
import dev.sinter.model.ModelRegistry;
import dev.sinter.model.ModelSpec;
import dev.sinter.trainer.checkpoint.RunDirectory;
import dev.sinter.trainer.config.EngineConfig;
import dev.sinter.trainer.config.OptimizerConfig;
import dev.sinter.trainer.config.RunConfig;
import dev.sinter.trainer.data.Augmentation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkEnv;
import org.apache.spark.SparkExecutorInfo;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/**
 * What DL4J's masters cannot do, or do wrongly without saying so: found out before anything is
 * trained. Driver-only.
 */
final class Dl4jRequirements {
  /** The network, such as {@code 10.0.0.0/16}, in which DL4J looks for each executor's address. */
  static final String NETWORK_MASK = "spark.sinter.dl4j.network-mask";

  static final String AERON_TIMEOUT = "aeron.publication.unblock.timeout";

  /**
   * Longer than any pause: with Aeron's own, a paused peer corrupts its log, and training hangs.
   */
  static final String AERON_TIMEOUT_NANOS = "40000000000";

  private static final Set<String> REGISTRATORS =
      Set.of("dev.sinter.trainer.spark.SinterKryoRegistrator", "org.nd4j.kryo.Nd4jRegistrator");

  private final JavaSparkContext spark;
  private final RunConfig run;
  private final boolean shared;

  Dl4jRequirements(SparkSession session, RunConfig run) {
    this.spark = JavaSparkContext.fromSparkContext(session.sparkContext());
    this.run = run;
    this.shared = run.sync().strategy().equals(Dl4jTraining.GRADIENT_SHARING);
  }

  /**
   * Checks configuration and cluster.
   *
   * @throws SinterException {@code DL4J_BASELINE_UNSUPPORTED}, naming everything, or {@code
   *     DL4J_EXECUTORS_SHARE_HOST}
   */
  void require(Resume resume, RunDirectory directory) {
    List<String> problems = new ArrayList<>();
    if (resume instanceof Resume.From || !directory.checkpointSteps().isEmpty()) {
      problems.add("going on from a checkpoint, of which " + directory + " may hold none");
    }
    checkConfiguration(problems);
    checkSession(spark.getConf(), problems);
    if (!problems.isEmpty()) {
      throw new SinterException(
          ErrorCategory.USAGE,
          "DL4J_BASELINE_UNSUPPORTED",
          "sync.strategy "
              + run.sync().strategy()
              + " runs DL4J's own training master, which does not know this: "
              + String.join("; ", problems),
          "change these settings, or use gradient-sharing or parameter-averaging, which know all of them");
    }
    if (shared && !spark.isLocal()) {
      requireHostPerExecutor();
    }
  }

  private void checkConfiguration(List<String> problems) {
    OptimizerConfig optimizer = run.optimizer();
    if (run.model().pretrained().isPresent()) {
      problems.add("model.pretrained");
    }
    if (!run.data().task().equals("classification")) {
      problems.add("data.task " + run.data().task());
    }
    if (outputs() > 1) {
      problems.add("a network with " + outputs() + " outputs, as model.options make it");
    }
    if (!TrainingSettings.augmentation(run.train().augment()).equals(Augmentation.none())) {
      problems.add("train.augment");
    }
    if (run.train().classBalanced()) {
      problems.add("train.class-balanced");
    }
    if (!optimizer.schedule().name().equals("constant")
        || optimizer.schedule().warmUpEpochs() > 0) {
      problems.add("optimizer.schedule other than {name: constant} without warm-up");
    }
    if (!run.model().freeze().isEmpty()) {
      problems.add("model.freeze");
    }
    if (!optimizer.learningRateFactors().isEmpty()) {
      problems.add("optimizer.learning-rate-factors");
    }
    if (optimizer.clipNorm() > 0) {
      problems.add("optimizer.clip-norm " + optimizer.clipNorm());
    }
    if (optimizer.name().equals("sgd") && optimizer.momentum() > 0 && !optimizer.nesterov()) {
      problems.add("optimizer.momentum without optimizer.nesterov");
    }
    if (!List.of("fp32", EngineConfig.AUTO).contains(run.engine().precision())) {
      problems.add("engine.precision " + run.engine().precision());
    }
    int globalBatch = run.train().lanes() * run.train().microBatchSize();
    if (globalBatch % run.cluster().workers() != 0) {
      problems.add(
          "a global batch of "
              + globalBatch
              + " that cluster.workers "
              + run.cluster().workers()
              + " does not divide");
    }
  }

  /** Its batches hold one array of labels. */
  private int outputs() {
    if (run.model().configuration().isPresent()) {
      return 1; // others are refused when the file is read
    }
    ModelCard card = ModelRegistry.card(run.model().name());
    ModelSpec spec =
        new ModelSpec(
            card.name(),
            card.inputShape(),
            card.classes(),
            run.train().loss(),
            run.model().options(),
            run.train().seed(),
            run.model().skips());
    return ModelRegistry.configuration(spec).getNetworkOutputs().size();
  }

  private void checkSession(SparkConf conf, List<String> problems) {
    if (conf.getInt("spark.task.resource.gpu.amount", 0) > 0) {
      problems.add("GPUs");
    }
    boolean registered =
        Arrays.stream(conf.get("spark.kryo.registrator", "").split(",", -1))
            .map(String::strip)
            .anyMatch(REGISTRATORS::contains);
    if (conf.get("spark.serializer", "").endsWith(".KryoSerializer") && !registered) {
      problems.add("a session with Kryo and without spark.kryo.registrator=" + REGISTRATORS);
    }
    if (shared && !spark.isLocal()) {
      if (!conf.get("spark.executor.extraJavaOptions", "").contains("-D" + AERON_TIMEOUT + "=")) {
        problems.add(
            "executors without -D"
                + AERON_TIMEOUT
                + "="
                + AERON_TIMEOUT_NANOS
                + " in spark.executor.extraJavaOptions");
      }
      if (!conf.contains(NETWORK_MASK)) {
        problems.add("a cluster without " + NETWORK_MASK + ", such as 10.0.0.0/16");
      }
    }
  }

  /**
   * Executors on one host take each other's updates for their own: with two, a network stayed at
   * the accuracy of guessing that learnt everything in one process.
   */
  private void requireHostPerExecutor() {
    int slots = run.cluster().workers();
    // Executors may still be starting; this waits for some, as training would.
    spark.parallelize(IntStream.range(0, slots).boxed().toList(), slots).count();
    Set<String> hosts = new HashSet<>();
    for (SparkExecutorInfo executor : executors()) {
      if (!hosts.add(executor.host())) {
        throw new SinterException(
            ErrorCategory.RESOURCES,
            "DL4J_EXECUTORS_SHARE_HOST",
            "several executors run on "
                + executor.host()
                + ", where DL4J's gradient sharing trains wrongly without an error",
            "give the application one executor per host (more cores per executor instead),"
                + " or use sync.strategy gradient-sharing, which takes any number");
      }
    }
  }

  /** Without the driver, which Spark lists among them. */
  private List<SparkExecutorInfo> executors() {
    String driver = SparkEnv.get().blockManager().blockManagerId().hostPort();
    return Arrays.stream(spark.sc().statusTracker().getExecutorInfos())
        .filter(executor -> !(executor.host() + ":" + executor.port()).equals(driver))
        .toList();
  }
}
