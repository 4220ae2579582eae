package dev.sinter.trainer.cli;

import dev.sinter.trainer.checkpoint.RunDirectory;
import dev.sinter.trainer.config.Locations;
import dev.sinter.trainer.prediction.Prediction;
import dev.sinter.trainer.prediction.ShippedModel;
import dev.sinter.trainer.run.Console;
import dev.sinter.trainer.run.TrainingRun;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code sinter predict --model URI --input URI --output URI}. */
@Command(
    name = "predict",
    mixinStandardHelpOptions = true,
    description =
        "Predicts new images or volumes: classes as Parquet and CSV, masks as PNG or NIfTI with the"
            + " source's geometry.")
final class PredictCommand implements Callable<Integer> {
  @Option(
      names = "--model",
      required = true,
      paramLabel = "URI",
      description =
          "a run directory (its best checkpoint), a checkpoint, a registry (its champion) or a model.zip")
  private String model;

  @Option(
      names = "--input",
      required = true,
      paramLabel = "URI",
      description = "a folder of images or volumes, or one file")
  private String input;

  @Option(
      names = "--output",
      required = true,
      paramLabel = "URI",
      description = "a new or empty folder")
  private String output;

  @Mixin private CommonOptions common;

  @Override
  public Integer call() {
    Console console = common.console();
    try (SparkSession spark = SparkSessions.open("sinter predict")) {
      Configuration hadoop = spark.sparkContext().hadoopConfiguration();
      ShippedModel shipped =
          ShippedModel.of(RunDirectory.readModel(Locations.qualified(model, hadoop), hadoop));
      Prediction.Outcome outcome =
          new Prediction(
                  spark,
                  shipped,
                  Locations.qualified(input, hadoop),
                  Locations.qualified(output, hadoop))
              .run();
      console.line(
          "predicted %,d files: %s",
          outcome.predicted(),
          TrainingRun.displayed(new org.apache.hadoop.fs.Path(outcome.output())));
      if (outcome.rejected() > 0) {
        console.line(
            "  %,d files could not be read; %s/rejected.jsonl says why",
            outcome.rejected(), outcome.output());
      }
      JsonOutput.write(common.json(), outcome);
    }
    return 0;
  }
}
