package dev.sinter.api;

import dev.sinter.trainer.evaluation.ClassificationResult;
import dev.sinter.trainer.evaluation.SegmentationResult;
import dev.sinter.trainer.run.TestResult;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** How well a model did on a split. */
public final class SinterEvaluation {
  private final SparkSession spark;
  private final TestResult result;

  SinterEvaluation(SparkSession spark, TestResult result) {
    this.spark = spark;
    this.result = result;
  }

  /** Accuracy, or mean foreground Dice; NaN when nothing was evaluated. */
  public double metric() {
    return result.metric();
  }

  /** Of a classifier. */
  public Optional<ClassificationResult> classification() {
    return Optional.ofNullable(result.classification());
  }

  /** Of a segmenter. */
  public Optional<SegmentationResult> segmentation() {
    return Optional.ofNullable(result.segmentation());
  }

  /** A row for each class and its measures. */
  public Dataset<Row> classTable() {
    return Tables.classes(spark, result);
  }

  /**
   * Evaluated images as an HTML fragment: of a classifier with true and predicted class, the most
   * confident mistakes first; of a segmenter with the true and the predicted mask laid over.
   *
   * @param most how many at most
   */
  public String examplesHtml(int most) {
    return Drawings.examples(result, most);
  }
}
