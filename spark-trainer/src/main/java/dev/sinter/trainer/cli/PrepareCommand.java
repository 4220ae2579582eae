package dev.sinter.trainer.cli;

import dev.sinter.dataset.DatasetManifest;
import dev.sinter.dataset.DatasetPreparation;
import dev.sinter.dataset.PrepareRequest;
import dev.sinter.dataset.Verification;
import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import dev.sinter.trainer.config.ConfigFile;
import dev.sinter.trainer.config.DataConfig;
import dev.sinter.trainer.config.RunConfig;
import dev.sinter.trainer.run.Console;
import dev.sinter.trainer.run.PrepareRequests;
import dev.sinter.trainer.run.Preparing;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code sinter prepare CONFIG}, or with options alone. */
@Command(
    name = "prepare",
    mixinStandardHelpOptions = true,
    description =
        "Verifies a collection of images, splits it by patient and writes shards."
            + " Takes the data keys of a configuration, or --input, --output and --task.")
final class PrepareCommand implements Callable<Integer> {
  @Parameters(
      arity = "0..1",
      paramLabel = "CONFIG",
      description = "the run's YAML file, local or a URI")
  private String file;

  @Option(
      names = "-D",
      paramLabel = "KEY=VALUE",
      description = "overrides a key, such as -Ddata.split.seed=2; may be repeated")
  private Map<String, String> overrides = new LinkedHashMap<>();

  @Option(names = "--input", paramLabel = "URI", description = "folder of the images")
  private String input;

  @Option(names = "--output", paramLabel = "URI", description = "folder for the shards")
  private String output;

  @Option(names = "--task", paramLabel = "TASK", description = "classification or segmentation")
  private String task;

  @Option(names = "--masks", paramLabel = "URI", description = "folder of the masks")
  private String masks;

  @Option(
      names = "--overwrite",
      description =
          "replace a dataset that is already there; without it, it grows by new and changed files")
  private boolean overwrite;

  @Option(names = "--dry-run", description = "verify and plan, report in numbers, write nothing")
  private boolean dryRun;

  @Option(
      names = "--rejected-names",
      paramLabel = "FILE",
      description =
          "with --dry-run: true names of the files that would not be taken, in a local file that"
              + " you alone can read; everywhere else they are hashed")
  private Path rejectedNames;

  @Mixin private CommonOptions common;

  @Override
  public Integer call() {
    DataConfig data = read();
    Console console = common.console();
    if (rejectedNames != null && !dryRun) {
      throw new SinterException(
          ErrorCategory.USAGE,
          "USAGE",
          "--rejected-names is for --dry-run",
          "after a preparation, sources.jsonl beside the shards has the true names");
    }
    try (SparkSession spark = SparkSessions.open("sinter prepare")) {
      PrepareRequest request = PrepareRequests.of(data, spark.sparkContext().hadoopConfiguration());
      PrepareRequest chosen = overwrite ? request.overwriting() : request;
      if (dryRun) {
        verify(spark, chosen, console);
        return 0;
      }
      DatasetManifest manifest = new Preparing(spark, console).runOfOwnData(chosen);
      JsonOutput.write(common.json(), json(data, manifest));
    }
    return 0;
  }

  /** Reports all, and then fails as the preparation would. */
  private void verify(SparkSession spark, PrepareRequest request, Console console) {
    Verification verification = DatasetPreparation.verify(spark, request);
    new VerificationLines(console).print(verification.report());
    if (rejectedNames != null) {
      RejectedNames.write(rejectedNames, verification.rejectedNames());
    }
    JsonOutput.write(common.json(), verification.report());
    verification
        .failure()
        .ifPresent(
            failure -> {
              throw failure;
            });
  }

  private DataConfig read() {
    putIfGiven("data.input", input);
    putIfGiven("data.output", output);
    putIfGiven("data.task", task);
    putIfGiven("data.masks", masks);
    if (file == null) {
      if (input == null || output == null || task == null) {
        throw new SinterException(
            ErrorCategory.USAGE,
            "USAGE",
            "give a configuration file, or --input, --output and --task",
            "see `sinter prepare --help`");
      }
      return ConfigFile.parseData("", overrides, "the command line");
    }
    RunConfig run = ConfigFile.read(file, overrides, ResultFile.hadoop());
    return run.data();
  }

  private void putIfGiven(String key, String value) {
    if (value != null) {
      overrides.put(key, value);
    }
  }

  private static Map<String, Object> json(DataConfig data, DatasetManifest manifest) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("output", data.output());
    json.put("task", manifest.task().key());
    json.put("classes", manifest.classes());
    json.put("splits", manifest.splits());
    json.put("rejected", manifest.rejected());
    json.put("shards", manifest.shards().size());
    json.put("fingerprint", manifest.sourceFingerprint());
    return json;
  }
}
