package dev.sinter.trainer.run;

import dev.sinter.dataset.DatasetManifest;
import dev.sinter.dataset.Task;
import dev.sinter.error.SinterException;
import dev.sinter.trainer.checkpoint.AtomicFiles;
import dev.sinter.trainer.checkpoint.RunDirectory;
import dev.sinter.trainer.config.RunConfig;
import dev.sinter.trainer.prediction.Evaluation;
import dev.sinter.trainer.prediction.ShippedModel;
import dev.sinter.trainer.report.ReportContent;
import dev.sinter.trainer.report.RunReport;
import dev.sinter.trainer.report.TrainingCurves;
import dev.sinter.trainer.tracking.Tracking;
import dev.sinter.trainer.training.Resume;
import dev.sinter.trainer.training.RunNetwork;
import dev.sinter.trainer.training.TrainingJob;
import dev.sinter.trainer.training.TrainingListener;
import dev.sinter.trainer.training.TrainingResult;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;

/**
 * One run from prepared shards to its report: train, evaluate the best checkpoint on the test
 * split, write it all down.
 */
public final class TrainingRun {
  private static final String TEST = "test";

  private final SparkSession spark;
  private final RunConfig run;
  private final String command;
  private final Console console;
  private final TrainingListener listener;

  /**
   * A run that only the console hears of.
   *
   * @param command what trains the same again, for the report
   */
  public TrainingRun(SparkSession spark, RunConfig run, String command, Console console) {
    this(spark, run, command, console, SilentListener.INSTANCE);
  }

  /**
   * A run.
   *
   * @param command what trains the same again, for the report
   * @param listener hears what the console hears
   */
  public TrainingRun(
      SparkSession spark,
      RunConfig run,
      String command,
      Console console,
      TrainingListener listener) {
    this.spark = spark;
    this.run = run;
    this.command = command;
    this.console = console;
    this.listener = listener;
  }

  /**
   * Runs.
   *
   * @param prepareSeconds time that preparation took before, for the report; 0 when it is not part
   *     of this command
   * @throws SinterException whatever ends it, with its code
   */
  public RunSummary run(Resume resume, double prepareSeconds) {
    long start = System.nanoTime();
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    DatasetManifest dataset = DatasetManifest.read(new Path(run.data().output()), hadoop);
    DatasetAgreement.require(run.data(), dataset);
    warnOfMissingClasses(dataset);
    boolean segmentation = dataset.task() == Task.SEGMENTATION;
    console.line(
        "training %s on %s with %d worker(s), %s",
        run.model().name(),
        displayed(new Path(run.data().output())),
        run.cluster().workers(),
        run.sync().strategy());
    TrainingResult training;
    int epochsBefore;
    try (TrainingProgress progress =
        new TrainingProgress(console, segmentation ? "Dice" : "accuracy")) {
      training =
          new TrainingJob(spark, run, Versions.all())
              .run(resume, new TrainingListeners(List.of(progress, listener)));
      epochsBefore = progress.epochsBefore(training.epochs());
    }
    console.line(
        "trained %d epochs in %s, %.0f images/s in %s; best epoch %d",
        training.epochs(),
        Console.duration(training.seconds()),
        training.imagesPerSecond(),
        training.precision(),
        training.bestEpoch());
    long evaluationStart = System.nanoTime();
    TestResult test = evaluate(dataset, training, hadoop);
    double evaluationSeconds = (System.nanoTime() - evaluationStart) / 1e9;
    test.print(console);
    RunTimes times =
        new RunTimes(
            prepareSeconds,
            training,
            epochsBefore,
            evaluationSeconds,
            (System.nanoTime() - start) / 1e9);
    Path report = writeReport(dataset, training, test, times, hadoop);
    Tracking.report(run, RunDirectory.open(run.train().output(), hadoop), test.numbers(), report);
    console.line("checkpoint %s", displayed(new Path(training.bestCheckpoint())));
    console.line("report     %s", displayed(report));
    return new RunSummary(training, test, report.toString());
  }

  private void warnOfMissingClasses(DatasetManifest dataset) {
    var train = dataset.splits().get("train");
    for (String name : dataset.classes()) {
      if (train != null && train.classes().getOrDefault(name, 0L) == 0) {
        console.line("  warning: the train split has no sample of class %s", name);
      }
    }
    if (!dataset.splits().containsKey("val") || dataset.splits().get("val").samples() == 0) {
      console.line("  warning: without a val split, the last checkpoint counts as the best");
    }
  }

  private TestResult evaluate(
      DatasetManifest dataset, TrainingResult training, Configuration hadoop) {
    var summary = dataset.splits().get(TEST);
    if (summary == null || summary.samples() == 0) {
      return TestResult.none();
    }
    ShippedModel model = ShippedModel.of(RunDirectory.readModel(training.bestCheckpoint(), hadoop));
    Evaluation evaluation = new Evaluation(spark, model, run.data().output(), TEST);
    return TestResult.of(evaluation);
  }

  private Path writeReport(
      DatasetManifest dataset,
      TrainingResult training,
      TestResult test,
      RunTimes times,
      Configuration hadoop) {
    RunDirectory directory = RunDirectory.open(run.train().output(), hadoop);
    ReportContent content =
        new ReportBuilder(run, dataset, RunNetwork.of(run, dataset, hadoop), training, command)
            .build(test, times);
    Path report = directory.resolve("report.html");
    AtomicFiles.write(directory.fileSystem(), report, stream -> RunReport.write(content, stream));
    AtomicFiles.write(
        directory.fileSystem(),
        directory.resolve("curves.svg"),
        stream -> TrainingCurves.writeSvg(content.curves(), stream));
    return report;
  }

  /** A local path without its scheme, relative where it lies below the working directory. */
  public static String displayed(Path path) {
    if (!"file".equals(path.toUri().getScheme())) {
      return path.toString();
    }
    java.nio.file.Path local = java.nio.file.Path.of(path.toUri().getPath());
    java.nio.file.Path here = java.nio.file.Path.of("").toAbsolutePath();
    return (local.startsWith(here) ? here.relativize(local) : local).toString();
  }
}
