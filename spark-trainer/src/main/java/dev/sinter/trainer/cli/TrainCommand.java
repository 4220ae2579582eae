package dev.sinter.trainer.cli;

import dev.sinter.trainer.checkpoint.CheckpointSource;
import dev.sinter.trainer.checkpoint.Continuation;
import dev.sinter.trainer.config.Locations;
import dev.sinter.trainer.config.RunConfig;
import dev.sinter.trainer.run.Console;
import dev.sinter.trainer.run.Preparing;
import dev.sinter.trainer.run.TrainingRun;
import dev.sinter.trainer.training.Resume;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code sinter train CONFIG}. */
@Command(
    name = "train",
    mixinStandardHelpOptions = true,
    description =
        "Trains a network, evaluates the best checkpoint and writes the report."
            + " Prepares the dataset first when data.output holds none and data.input is set.")
final class TrainCommand implements Callable<Integer> {
  private static final String AUTO = "auto";
  private static final String NEVER = "never";

  private static final String DEFAULT_PARITY_STEPS = "5";

  @Mixin private ConfigOptions config;

  @Option(
      names = "--resume",
      paramLabel = "auto|never|URI",
      defaultValue = AUTO,
      description =
          "auto: go on from the newest whole checkpoint in train.output (default);"
              + " never: begin anew, refused when there are checkpoints;"
              + " URI: go on from a checkpoint directory, or the newest checkpoint of a run directory,"
              + " into a train.output without checkpoints of another run")
  private String resume;

  @Option(
      names = "--resume-approximate",
      description =
          "go on also with another engine, precision, threads-per-lane or number of epochs, or (parameter-averaging)"
              + " of workers, though not to the bits of an undisturbed run")
  private boolean approximate;

  @Option(names = "--workers", paramLabel = "N", description = "overrides cluster.workers")
  private Integer workers;

  @Option(
      names = "--verify-parity",
      paramLabel = "STEPS",
      arity = "0..1",
      fallbackValue = DEFAULT_PARITY_STEPS,
      description =
          "before training, train the first STEPS (default 5) on all workers and on one, and compare losses and"
              + " parameters; fails when bits differ that gradient-sharing promises to be the same")
  private Integer paritySteps;

  @Option(
      names = "--verify-parity-only",
      description = "end after that comparison; nothing is written")
  private boolean parityOnly;

  @Mixin private CommonOptions common;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    if (approximate && resume.equals(NEVER)) {
      throw new ParameterException(
          spec.commandLine(), "--resume-approximate has nothing to go on from with --resume never");
    }
    if (parityOnly && paritySteps == null) {
      paritySteps = Integer.valueOf(DEFAULT_PARITY_STEPS);
    }
    if (paritySteps != null && paritySteps < 1) {
      throw new ParameterException(
          spec.commandLine(), "--verify-parity needs at least 1 step, not " + paritySteps);
    }
    RunConfig configured =
        workers == null ? config.read() : config.readWith("cluster.workers", workers.toString());
    Console console = common.console();
    try (SparkSession spark =
        SparkSessions.openForWorkers(
            "sinter train " + configured.model().name(), configured.cluster().workers())) {
      RunConfig run = configured.qualified(spark.sparkContext().hadoopConfiguration());
      Resume start = start(spark.sparkContext().hadoopConfiguration());
      double prepareSeconds = new Preparing(spark, console).runIfMissing(run.data());
      Map<String, Object> json = new LinkedHashMap<>();
      if (paritySteps != null) {
        json.put("parity", new ParityVerification(spark, run, console).verify(paritySteps));
      }
      if (!parityOnly) {
        json.putAll(
            new TrainingRun(spark, run, command(), console).run(start, prepareSeconds).json());
      }
      JsonOutput.write(common.json(), json);
    }
    return 0;
  }

  private Resume start(Configuration hadoop) {
    Continuation continuation = approximate ? Continuation.APPROXIMATE : Continuation.EXACT;
    return switch (resume) {
      case AUTO -> new Resume.Newest(continuation);
      case NEVER -> Resume.NEVER;
      default ->
          new Resume.From(
              CheckpointSource.find(Locations.qualified(resume, hadoop), hadoop), continuation);
    };
  }

  private String command() {
    return "./sinter "
        + String.join(" ", spec.root().commandLine().getParseResult().originalArgs());
  }
}
