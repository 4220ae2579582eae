package dev.sinter.trainer.cli;

import dev.sinter.dataset.DatasetManifest;
import dev.sinter.dataset.PrepareRequest;
import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import dev.sinter.trainer.config.Locations;
import dev.sinter.trainer.config.RunConfig;
import dev.sinter.trainer.registry.Decision;
import dev.sinter.trainer.registry.RegistryDirectory;
import dev.sinter.trainer.retrain.Occasion;
import dev.sinter.trainer.retrain.RetrainResult;
import dev.sinter.trainer.retrain.RetrainSteps;
import dev.sinter.trainer.retrain.Retraining;
import dev.sinter.trainer.run.Console;
import dev.sinter.trainer.run.DatasetAgreement;
import dev.sinter.trainer.run.PrepareRequests;
import dev.sinter.trainer.run.Preparing;
import dev.sinter.trainer.run.TrainingProgress;
import dev.sinter.trainer.run.TrainingRun;
import dev.sinter.trainer.run.Versions;
import dev.sinter.trainer.training.Resume;
import dev.sinter.trainer.training.TrainingJob;
import dev.sinter.trainer.training.TrainingResult;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code sinter retrain CONFIG}. */
@Command(
    name = "retrain",
    mixinStandardHelpOptions = true,
    description =
        "Looks for new data; where there are some, trains a challenger from the champion's weights,"
            + " compares both on the same held-out patients, and promotes it or keeps the champion."
            + " Safe to start on a schedule: a second one beside it is refused, and one after a crash"
            + " goes on.")
final class RetrainCommand implements Callable<Integer> {
  @Mixin private ConfigOptions config;

  @Option(
      names = "--registry",
      paramLabel = "URI",
      description = "the folder of the versions; overrides retrain.registry")
  private String registry;

  @Option(
      names = "--force",
      description = "train also without new data, such as after a change of the configuration")
  private boolean force;

  @Mixin private CommonOptions common;

  @Override
  public Integer call() {
    RunConfig configured =
        registry == null ? config.read() : config.readWith("retrain.registry", registry);
    if (configured.retrain().registry().isEmpty()) {
      throw new SinterException(
          ErrorCategory.USAGE,
          "REGISTRY_MISSING",
          "it is not said where the versions are to be kept",
          "set retrain.registry, or give --registry a folder on any Hadoop file system");
    }
    Console console = common.console();
    try (SparkSession spark =
        SparkSessions.openForWorkers(
            "sinter retrain " + configured.model().name(), configured.cluster().workers())) {
      Configuration hadoop = spark.sparkContext().hadoopConfiguration();
      RunConfig run = configured.qualified(hadoop);
      RegistryDirectory directory =
          RegistryDirectory.open(
              Locations.qualified(run.retrain().registry().orElseThrow(), hadoop), hadoop);
      RetrainResult result =
          new Retraining(spark, run, directory, Versions.all(), new Steps(spark, run, console))
              .run(force ? Occasion.ANY : Occasion.NEW_DATA);
      result
          .champion()
          .ifPresent(
              champion ->
                  console.line(
                      "champion %s in %s",
                      champion, TrainingRun.displayed(new Path(directory.toString()))));
      JsonOutput.write(common.json(), json(result, directory));
    }
    return 0;
  }

  private static Map<String, Object> json(RetrainResult result, RegistryDirectory directory) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("registry", directory.toString());
    json.put("outcome", result.decision().map(Decision::outcome).orElse("nothing-to-do"));
    json.put("new_samples", result.newSamples());
    json.put("champion", result.champion().orElse(null));
    json.put("decision", result.decision().orElse(null));
    json.put("pruned", result.pruned());
    return json;
  }

  private record Steps(SparkSession spark, RunConfig run, Console console) implements RetrainSteps {
    @Override
    public DatasetManifest grow(Growth growth) {
      Configuration hadoop = spark.sparkContext().hadoopConfiguration();
      if (!run.data().input().isEmpty()) {
        PrepareRequest request = PrepareRequests.of(run.data(), hadoop);
        return new Preparing(spark, console)
            .runOfOwnData(growth == Growth.ANEW ? request.overwriting() : request);
      }
      DatasetManifest dataset = DatasetManifest.read(new Path(run.data().output()), hadoop);
      DatasetAgreement.require(run.data(), dataset);
      return dataset;
    }

    @Override
    public TrainingResult train(RunConfig challenger) {
      try (TrainingProgress progress =
          new TrainingProgress(
              console, run.data().task().equals("segmentation") ? "Dice" : "accuracy")) {
        return new TrainingJob(spark, challenger, Versions.all()).run(Resume.AUTO, progress);
      }
    }

    @Override
    public void say(String line) {
      console.line("%s", line);
    }
  }
}
