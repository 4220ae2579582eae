package dev.sinter.trainer.cli;

import dev.sinter.trainer.checkpoint.RunDirectory;
import dev.sinter.trainer.config.Locations;
import dev.sinter.trainer.prediction.Evaluation;
import dev.sinter.trainer.prediction.ShippedModel;
import dev.sinter.trainer.run.Console;
import dev.sinter.trainer.run.TestResult;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code sinter evaluate --model URI --data URI}. */
@Command(
    name = "evaluate",
    mixinStandardHelpOptions = true,
    description = "Measures a trained model on a split of a prepared dataset.")
final class EvaluateCommand implements Callable<Integer> {
  @Option(
      names = "--model",
      required = true,
      paramLabel = "URI",
      description =
          "a run directory (its best checkpoint), a checkpoint, a registry (its champion) or a model.zip")
  private String model;

  @Option(
      names = "--data",
      required = true,
      paramLabel = "URI",
      description = "the folder that `sinter prepare` wrote")
  private String data;

  @Option(
      names = "--split",
      defaultValue = "test",
      paramLabel = "NAME",
      description = "train, val or test (default)")
  private String split;

  @Mixin private CommonOptions common;

  @Override
  public Integer call() {
    Console console = common.console();
    try (SparkSession spark = SparkSessions.open("sinter evaluate")) {
      Configuration hadoop = spark.sparkContext().hadoopConfiguration();
      ShippedModel shipped =
          ShippedModel.of(RunDirectory.readModel(Locations.qualified(model, hadoop), hadoop));
      TestResult result =
          TestResult.of(new Evaluation(spark, shipped, Locations.qualified(data, hadoop), split));
      result.print(console);
      result.printClasses(console);
      JsonOutput.write(common.json(), result.json());
    }
    return 0;
  }
}
