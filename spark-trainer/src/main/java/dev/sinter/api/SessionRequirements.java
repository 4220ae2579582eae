package dev.sinter.api;

import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import dev.sinter.trainer.config.ClusterConfig;
import dev.sinter.trainer.engine.NativeEnvironment;
import dev.sinter.trainer.spark.SinterKryoRegistrator;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
import org.apache.spark.sql.SparkSession;

/**
 * What a session must have before a run may start in it. Its settings are only read: most count
 * when a session begins.
 *
 * @param spark somebody else's session
 * @param cluster how many workers it is to hold
 */
record SessionRequirements(SparkSession spark, ClusterConfig cluster) {
  private static final String REGISTRATOR = "spark.kryo.registrator";
  private static final String ATTEMPTS = "spark.stage.maxConsecutiveAttempts";
  private static final int SPARKS_ATTEMPTS = 4;

  /**
   * Names everything that keeps a run from starting, and gives advice on what only slows it.
   *
   * @throws SinterException {@code SESSION_UNSUITABLE}
   */
  void require(Consumer<String> advice) {
    SparkContext context = spark.sparkContext();
    if (context.isStopped()) {
      throw unsuitable(List.of("it is stopped"), List.of("open another session"));
    }
    List<String> problems = new ArrayList<>();
    List<String> remedies = new ArrayList<>();
    SparkConf conf = context.conf();
    if (conf.getBoolean("spark.dynamicAllocation.enabled", false)) {
      problems.add("spark.dynamicAllocation.enabled is true, but workers must hold their slots");
      remedies.add("spark.dynamicAllocation.enabled=false");
    }
    if (conf.getBoolean("spark.kryo.registrationRequired", false)
        && !conf.get(REGISTRATOR, "").contains(SinterKryoRegistrator.class.getName())) {
      problems.add("spark.kryo.registrationRequired is true, but Sinter's classes are not known");
      remedies.add(REGISTRATOR + "=" + SinterKryoRegistrator.class.getName());
    }
    int slots =
        context.maxNumConcurrentTasks(context.resourceProfileManager().defaultResourceProfile());
    if (context.isLocal() && slots < cluster.workers()) {
      problems.add(
          context.master()
              + " runs "
              + slots
              + " task(s) at once, fewer than cluster.workers ("
              + cluster.workers()
              + ")");
      remedies.add("spark.master=local[" + cluster.workers() + "], or fewer cluster.workers");
    }
    if (!problems.isEmpty()) {
      throw unsuitable(problems, remedies);
    }
    advise(context, advice);
  }

  private static void advise(SparkContext context, Consumer<String> advice) {
    SparkConf conf = context.conf();
    if (conf.getInt(ATTEMPTS, SPARKS_ATTEMPTS) <= SPARKS_ATTEMPTS) {
      advice.accept(
          "advice: with "
              + ATTEMPTS
              + "=100, a run outlives more than three lost workers in a row");
    }
    if (!context.isLocal()) {
      NativeEnvironment.VARIABLES.forEach(
          (name, value) -> {
            if (!conf.contains("spark.executorEnv." + name)) {
              advice.accept(
                  "advice: spark.executorEnv." + name + "=" + value + " makes steps faster");
            }
          });
    }
  }

  private static SinterException unsuitable(List<String> problems, List<String> remedies) {
    return new SinterException(
        ErrorCategory.USAGE,
        "SESSION_UNSUITABLE",
        "the Spark session cannot hold this run: " + String.join("; ", problems),
        "set, before the session is opened, " + String.join("; ", remedies));
  }
}
