package dev.sinter.api;

import dev.sinter.trainer.checkpoint.CheckpointManifest.EpochRecord;
import dev.sinter.trainer.config.RunConfig;
import dev.sinter.trainer.run.Curves;
import dev.sinter.trainer.run.RunSummary;
import dev.sinter.trainer.training.TrainingResult;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** What a run reached. */
public final class TrainedRun {
  private final SparkSession spark;
  private final RunConfig run;
  private final RunSummary summary;

  TrainedRun(SparkSession spark, RunConfig run, RunSummary summary) {
    this.spark = spark;
    this.run = run;
    this.summary = summary;
  }

  /** Steps, seconds, throughput, hash of the weights, precision. */
  public TrainingResult training() {
    return summary.training();
  }

  /** One entry per epoch, earlier jobs' of the same run included. */
  public List<EpochRecord> history() {
    return training().history();
  }

  /** The history as a table: epoch, losses, metric, rate, seconds, throughput, bytes. */
  public Dataset<Row> historyTable() {
    return Tables.history(spark, history());
  }

  /** Folder of the checkpoint with the best validation. */
  public String bestCheckpoint() {
    return training().bestCheckpoint();
  }

  /** The run's folder. */
  public String output() {
    return run.train().output();
  }

  /** The HTML report. */
  public String report() {
    return summary.report();
  }

  /** The best checkpoint on the test split; empty when there is none. */
  public SinterEvaluation evaluation() {
    return new SinterEvaluation(spark, summary.test());
  }

  /** The model of the best checkpoint. */
  public SinterModel model() {
    return SinterModel.load(spark, bestCheckpoint());
  }

  /** The dataset. */
  public SinterDataset dataset() {
    return SinterDataset.open(spark, run.data().output());
  }

  /** Learning curves, as a drawing that stands alone. */
  public String curvesSvg() {
    return Drawings.svg(Curves.of(run.data().task(), history(), training().bestEpoch()));
  }

  /** The same as an image of an HTML page, whose styles it leaves alone. */
  public String curvesHtml() {
    return Drawings.image(curvesSvg());
  }

  /** The object of {@code sinter train --json}. */
  public Map<String, Object> json() {
    return summary.json();
  }
}
