package dev.sinter.trainer.cli;

import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import dev.sinter.trainer.checkpoint.RunDirectory;
import dev.sinter.trainer.config.ConfigFile;
import dev.sinter.trainer.config.RunConfig;
import dev.sinter.trainer.prediction.Prediction;
import dev.sinter.trainer.prediction.ShippedModel;
import dev.sinter.trainer.run.Console;
import dev.sinter.trainer.run.PrepareRequests;
import dev.sinter.trainer.run.Preparing;
import dev.sinter.trainer.run.RunSummary;
import dev.sinter.trainer.run.TrainingRun;
import dev.sinter.trainer.training.Resume;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code sinter demo}: both sample sets from images to report. */
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    description =
        "Prepares, trains, evaluates and predicts both sample sets: a ResNet-18 on MedNIST images"
            + " and a U-Net on hippocampus MRI.")
final class DemoCommand implements Callable<Integer> {
  private static final List<String> RUNS = List.of("mednist", "hippocampus");

  @Option(
      names = "--output",
      defaultValue = "runs/demo",
      paramLabel = "DIR",
      description =
          "where the two runs go; an earlier demo there is replaced (default: ${DEFAULT-VALUE})")
  private Path output;

  @Mixin private CommonOptions common;

  @Override
  public Integer call() {
    long start = System.nanoTime();
    DemoFolder folder = DemoFolder.replace(output);
    Console console = common.console();
    Map<String, Object> results = new LinkedHashMap<>();
    List<String> reports = new ArrayList<>();
    try (SparkSession spark = SparkSessions.openForWorkers("sinter demo", 2)) {
      for (String name : RUNS) {
        RunSummary summary = run(spark, console, name, folder.run(name));
        results.put(name, summary.json());
        reports.add(TrainingRun.displayed(new org.apache.hadoop.fs.Path(summary.report())));
      }
    }
    console.line(
        "done in %s; open the reports in a browser:",
        Console.duration((System.nanoTime() - start) / 1e9));
    reports.forEach(report -> console.line("  %s", report));
    JsonOutput.write(common.json(), results);
    return 0;
  }

  private static RunSummary run(SparkSession spark, Console console, String name, Path folder) {
    console.line("== %s ==", name);
    Path file = home().resolve("cluster-configs/local").resolve(name + ".yaml");
    RunConfig run =
        ConfigFile.read(file, overrides(name, folder))
            .qualified(spark.sparkContext().hadoopConfiguration());
    long start = System.nanoTime();
    new Preparing(spark, console)
        .run(PrepareRequests.of(run.data(), spark.sparkContext().hadoopConfiguration()));
    double prepareSeconds = (System.nanoTime() - start) / 1e9;
    RunSummary summary =
        new TrainingRun(spark, run, "./sinter demo", console).run(Resume.NEVER, prepareSeconds);
    ShippedModel model =
        ShippedModel.of(
            RunDirectory.readModel(
                run.train().output(), spark.sparkContext().hadoopConfiguration()));
    Prediction.Outcome predicted =
        new Prediction(spark, model, run.data().input(), run.train().output() + "/predictions")
            .run();
    console.line(
        "predicted  %,d files: %s%n",
        predicted.predicted(),
        TrainingRun.displayed(new org.apache.hadoop.fs.Path(predicted.output())));
    return summary;
  }

  private static Map<String, String> overrides(String name, Path folder) {
    Map<String, String> overrides = new LinkedHashMap<>();
    Path samples = home().resolve("samples").resolve(name);
    if (name.equals("hippocampus")) {
      overrides.put("data.input", samples.resolve("images").toString());
      overrides.put("data.masks", samples.resolve("labels").toString());
    } else {
      overrides.put("data.input", samples.toString());
    }
    overrides.put("data.output", folder.resolve("dataset").toString());
    overrides.put("train.output", folder.toString());
    return overrides;
  }

  private static Path home() {
    String home = System.getProperty("sinter.home");
    if (home == null) {
      throw new SinterException(
          ErrorCategory.USAGE,
          "SAMPLES_NOT_FOUND",
          "the demo needs the samples of the source tree",
          "run ./sinter demo in a clone");
    }
    return Path.of(home);
  }
}
