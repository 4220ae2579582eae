package dev.sinter.trainer.cli;

import dev.sinter.dataset.DatasetManifest;
import dev.sinter.trainer.config.RunConfig;
import dev.sinter.trainer.config.TuneFile;
import dev.sinter.trainer.tuning.HyperParameterSearch;
import dev.sinter.trainer.tuning.SearchListener;
import dev.sinter.trainer.tuning.SearchResult;
import dev.sinter.trainer.tuning.TrialResult;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code sinter tune CONFIG}. */
@Command(
    name = "tune",
    mixinStandardHelpOptions = true,
    description =
        "Searches hyper-parameters by successive halving, as the tune group of the file says, and writes the best"
            + " configuration. Goes on where it was stopped. The test split is not read.")
final class TuneCommand implements Callable<Integer> {
  @Mixin private ConfigOptions config;
  @Mixin private CommonOptions common;

  @Override
  public Integer call() {
    TuneFile configured = config.readTune();
    Console console = common.console();
    int workers = configured.base().cluster().workers() * configured.tune().parallel();
    try (SparkSession spark = SparkSessions.openForWorkers("sinter tune", workers)) {
      RunConfig base = configured.base().qualified(spark.sparkContext().hadoopConfiguration());
      new Preparing(spark, console).runIfMissing(base.data());
      DatasetAgreement.require(
          base.data(),
          DatasetManifest.read(
              new Path(base.data().output()), spark.sparkContext().hadoopConfiguration()));
      console.line(
          "searching %d trials of %s: %s",
          configured.tune().trials(), base.model().name(), base.train().output());
      Progress progress = new Progress(console, base);
      SearchResult result =
          new HyperParameterSearch(
                  spark, new TuneFile(configured.tune(), base), Versions.all(), progress)
              .run();
      print(console, progress, result);
      JsonOutput.write(common.json(), result);
    }
    return 0;
  }

  private static void print(Console console, Progress progress, SearchResult result) {
    console.line("searched for %s; the best first", Console.duration(result.seconds()));
    result.trials().forEach(progress::line);
    console.line("best trial %d: %s", result.best().trial(), progress.values(result.best()));
    console.line("configuration %s", TrainingRun.displayed(new Path(result.configuration())));
    console.line(
        "  `sinter train` with it evaluates this trial on the test split, for the first time");
  }

  /** Shows a line for each rung and trial. */
  private static final class Progress implements SearchListener {
    private final Console console;
    private final RunConfig base;

    Progress(Console console, RunConfig base) {
      this.console = console;
      this.base = base;
    }

    @Override
    public void onRung(int epochs, int trials, int parallel) {
      console.line(
          "%d trial(s) to epoch %d of %d, %d at a time",
          trials, epochs, base.train().epochs(), parallel);
    }

    @Override
    public void onTrial(TrialResult result) {
      line(result);
    }

    void line(TrialResult result) {
      if (result.error() != null) {
        console.line("  trial %3d  %s  %s", result.trial(), result.error(), values(result));
        return;
      }
      console.line(
          "  trial %3d  epoch %3d  %s %s  loss %s  %s",
          result.trial(),
          result.epochs(),
          base.data().task().equals("segmentation") ? "Dice" : "accuracy",
          number(result.metric()),
          number(result.loss()),
          values(result));
    }

    String values(TrialResult result) {
      return result.parameters().entrySet().stream()
          .map(Map.Entry::toString)
          .collect(Collectors.joining(" "));
    }

    private static String number(double value) {
      return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, "%.4f", value);
    }
  }
}
