package dev.sinter.trainer.doctor;

import dev.sinter.trainer.config.RunConfig;
import dev.sinter.trainer.engine.libtorch.TensorDevices;
import java.io.Serializable;
import java.time.Clock;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;

/** What is examined: a session, and the run that is meant for it. Driver-only. */
final class Site {
  private final SparkSession spark;
  private final Executors executors;
  private final Optional<RunConfig> run;
  private final Clock clock;
  private final TensorDevices devices;

  Site(SparkSession spark, Optional<RunConfig> run, Clock clock, TensorDevices devices) {
    this.spark = spark;
    this.executors = new Executors(spark);
    this.run = run;
    this.clock = clock;
    this.devices = devices;
  }

  Optional<RunConfig> run() {
    return run;
  }

  Executors executors() {
    return executors;
  }

  /** The driver's time. */
  Clock clock() {
    return clock;
  }

  /** What executors may compute on. */
  TensorDevices devices() {
    return devices;
  }

  /** The settings in force. */
  SparkConf conf() {
    return spark.sparkContext().conf();
  }

  Configuration hadoop() {
    return spark.sparkContext().hadoopConfiguration();
  }

  /** Whether driver and executor are one process. */
  boolean embedded() {
    return spark.sparkContext().isLocal();
  }

  /** Workers of the run; without one, an executor is a worker. */
  int workers() {
    return run.map(it -> it.cluster().workers())
        .orElse(Math.max(1, Math.min(executors.all().size(), executors.slots())));
  }

  /** Most executors that share a host. */
  int executorsPerHost() {
    return executors.all().stream()
        .collect(
            java.util.stream.Collectors.groupingBy(
                Executors.Executor::host, java.util.stream.Collectors.counting()))
        .values()
        .stream()
        .mapToInt(Long::intValue)
        .max()
        .orElse(1);
  }

  /**
   * Asks every executor.
   *
   * @throws dev.sinter.error.SinterException the first that could not answer
   */
  <T extends Serializable> List<Answer<T>> ask(Probe<T> probe) {
    List<Answer<T>> answers = executors.ask(probe);
    answers.forEach(Answer::require);
    return answers;
  }

  /** The different values of all executors, in their order. */
  static <T extends Serializable> Set<T> values(List<Answer<T>> answers) {
    Set<T> values = new LinkedHashSet<>();
    answers.forEach(answer -> values.add(answer.value()));
    return values;
  }
}
