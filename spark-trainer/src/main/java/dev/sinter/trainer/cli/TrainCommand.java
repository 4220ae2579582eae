package dev.sinter.trainer.cli;

import dev.sinter.trainer.config.RunConfig;
import dev.sinter.trainer.training.TrainingJob;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code sinter train CONFIG}. */
@Command(
    name = "train",
    mixinStandardHelpOptions = true,
    description =
        "Trains a network, evaluates the best checkpoint and writes the report."
            + " Prepares the dataset first when data.output holds none and data.input is set.")
final class TrainCommand implements Callable<Integer> {
  @Mixin private ConfigOptions config;

  @Option(
      names = "--resume",
      paramLabel = "MODE",
      defaultValue = "auto",
      converter = ResumeConverter.class,
      description =
          "auto: go on from the newest whole checkpoint in train.output (default);"
              + " never: begin anew, refused when there are checkpoints")
  private TrainingJob.Resume resume;

  @Option(names = "--workers", paramLabel = "N", description = "overrides cluster.workers")
  private Integer workers;

  @Mixin private CommonOptions common;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    RunConfig configured =
        workers == null ? config.read() : config.readWith("cluster.workers", workers.toString());
    Console console = common.console();
    try (SparkSession spark =
        SparkSessions.openForWorkers(
            "sinter train " + configured.model().name(), configured.cluster().workers())) {
      RunConfig run = configured.qualified(spark.sparkContext().hadoopConfiguration());
      double prepareSeconds = new Preparing(spark, console).runIfMissing(run.data());
      RunSummary summary =
          new TrainingRun(spark, run, command(), console).run(resume, prepareSeconds);
      JsonOutput.write(common.json(), summary.json());
    }
    return 0;
  }

  private String command() {
    return "./sinter "
        + String.join(" ", spec.root().commandLine().getParseResult().originalArgs());
  }
}
