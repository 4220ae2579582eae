package dev.sinter.trainer.cli;

import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import dev.sinter.trainer.checkpoint.RunDirectory;
import dev.sinter.trainer.config.Locations;
import dev.sinter.trainer.prediction.Flip;
import dev.sinter.trainer.prediction.Prediction;
import dev.sinter.trainer.prediction.PredictionOptions;
import dev.sinter.trainer.prediction.ShippedModel;
import dev.sinter.trainer.run.Console;
import dev.sinter.trainer.run.TrainingRun;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code sinter predict --model URI... --input URI --output URI}. */
@Command(
    name = "predict",
    mixinStandardHelpOptions = true,
    description =
        "Predicts new images or volumes: classes as Parquet and CSV, masks as PNG or NIfTI with the"
            + " source's geometry. The same command goes on where it was interrupted.")
final class PredictCommand implements Callable<Integer> {
  @Option(
      names = "--model",
      required = true,
      paramLabel = "URI",
      description =
          "a run directory (its best checkpoint), a checkpoint, a registry (its champion) or a"
              + " model.zip; given several times: the mean of their probabilities")
  private List<String> models;

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
      description = "a new or empty folder, or the one that an interrupted run was to write")
  private String output;

  @Option(
      names = "--window",
      defaultValue = "auto",
      paramLabel = "auto|none",
      description =
          "auto: a window slides over what is larger than the network, where the dataset was cut to"
              + " patches, padded or cropped; none: as the dataset was cut (default: auto)")
  private String window;

  @Option(
      names = "--overlap",
      defaultValue = "0.5",
      paramLabel = "SHARE",
      description = "of a window that lies in the next one too (default: 0.5)")
  private double overlap;

  @Option(
      names = "--tta",
      defaultValue = "none",
      paramLabel = "none|flips|AXES",
      description =
          "test-time augmentation: the mean over all flips along x, y and, for volumes, z; or along"
              + " the axes that are named, such as x,y (default: none)")
  private String augmentation;

  @Option(
      names = "--probabilities",
      description =
          "write the probabilities of all classes beside each mask, as .npy (images) or .nii.gz")
  private boolean probabilities;

  @Option(
      names = "--micro-batch-size",
      defaultValue = "0",
      paramLabel = "N",
      description = "samples of a forward pass (default: 0, by their size)")
  private int microBatchSize;

  @Option(
      names = "--decode-threads",
      defaultValue = "1",
      paramLabel = "N",
      description = "threads of each task that decode ahead of the network (default: 1)")
  private int decodeThreads;

  @Mixin private CommonOptions common;

  @Override
  public Integer call() {
    Console console = common.console();
    try (SparkSession spark = SparkSessions.open("sinter predict")) {
      Configuration hadoop = spark.sparkContext().hadoopConfiguration();
      List<ShippedModel> shipped =
          models.stream()
              .map(model -> RunDirectory.readModel(Locations.qualified(model, hadoop), hadoop))
              .map(ShippedModel::of)
              .toList();
      Prediction.Outcome outcome =
          new Prediction(
                  spark,
                  shipped,
                  options(shipped.get(0)),
                  Locations.qualified(input, hadoop),
                  Locations.qualified(output, hadoop))
              .run(line -> console.line("%s", line));
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

  private PredictionOptions options(ShippedModel model) {
    return new PredictionOptions(
        switch (window) {
          case "auto" -> PredictionOptions.Window.AUTO;
          case "none" -> PredictionOptions.Window.NONE;
          default -> throw invalid("--window is " + window, "auto and none are possible");
        },
        overlap,
        flips(model),
        probabilities
            ? PredictionOptions.Probabilities.WRITTEN
            : PredictionOptions.Probabilities.NONE,
        microBatchSize,
        decodeThreads);
  }

  private Set<Flip> flips(ShippedModel model) {
    Set<Flip> flips = EnumSet.noneOf(Flip.class);
    switch (augmentation) {
      case "none" -> {}
      case "flips" -> {
        flips.add(Flip.X);
        flips.add(Flip.Y);
        if (model.dataset().preparation().sample().isDeep()) {
          flips.add(Flip.Z);
        }
      }
      default -> {
        for (String axis : augmentation.split(",", -1)) {
          flips.add(
              Flip.byKey(axis)
                  .orElseThrow(
                      () ->
                          invalid(
                              "--tta is " + augmentation,
                              "none, flips, or axes of x, y, z with commas are possible")));
        }
      }
    }
    return flips;
  }

  private static SinterException invalid(String problem, String remedy) {
    return new SinterException(ErrorCategory.USAGE, "PREDICT_OPTION_INVALID", problem, remedy);
  }
}
