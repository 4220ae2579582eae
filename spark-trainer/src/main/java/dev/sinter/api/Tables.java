package dev.sinter.api;

import dev.sinter.dataset.DatasetManifest;
import dev.sinter.trainer.checkpoint.CheckpointManifest.EpochRecord;
import dev.sinter.trainer.evaluation.ClassificationResult;
import dev.sinter.trainer.evaluation.SegmentationResult;
import dev.sinter.trainer.run.TestResult;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;

/** Results as small tables of the session. */
final class Tables {
  private Tables() {}

  static Dataset<Row> history(SparkSession spark, List<EpochRecord> history) {
    List<Row> rows = new ArrayList<>();
    for (EpochRecord epoch : history) {
      rows.add(
          RowFactory.create(
              epoch.epoch(),
              epoch.trainLoss(),
              epoch.validationLoss(),
              epoch.validationMetric(),
              epoch.learningRate(),
              epoch.seconds(),
              epoch.imagesPerSecond(),
              epoch.bytesSent()));
    }
    return spark.createDataFrame(
        rows,
        StructType.fromDDL(
            "epoch INT, train_loss DOUBLE, validation_loss DOUBLE, validation_metric DOUBLE,"
                + " learning_rate DOUBLE, seconds DOUBLE, images_per_second DOUBLE,"
                + " bytes_sent BIGINT"));
  }

  static Dataset<Row> classes(SparkSession spark, TestResult result) {
    List<Row> rows = new ArrayList<>();
    if (result.segmentation() != null) {
      SegmentationResult measured = result.segmentation();
      for (int c = 0; c < measured.classes().size(); c++) {
        rows.add(
            RowFactory.create(
                measured.classes().get(c),
                measured.dice().perClass().get(c),
                measured.iou().perClass().get(c),
                measured.hd95().perClass().get(c)));
      }
      return spark.createDataFrame(
          rows, StructType.fromDDL("class STRING, dice DOUBLE, iou DOUBLE, hd95 DOUBLE"));
    }
    if (result.classification() != null) {
      ClassificationResult measured = result.classification();
      for (int c = 0; c < measured.classes().size(); c++) {
        ClassificationResult.ClassResult one = measured.perClass().get(c);
        rows.add(
            RowFactory.create(
                measured.classes().get(c),
                one.samples(),
                one.sensitivity(),
                one.specificity(),
                one.precision(),
                one.f1(),
                one.auroc()));
      }
    }
    return spark.createDataFrame(
        rows,
        StructType.fromDDL(
            "class STRING, samples BIGINT, sensitivity DOUBLE, specificity DOUBLE,"
                + " precision DOUBLE, f1 DOUBLE, auroc DOUBLE"));
  }

  static Dataset<Row> splits(SparkSession spark, DatasetManifest manifest) {
    List<Row> rows = new ArrayList<>();
    for (String name : List.of("train", "val", "test")) {
      DatasetManifest.SplitSummary split = manifest.splits().get(name);
      if (split != null) {
        for (String one : manifest.classes()) {
          rows.add(
              RowFactory.create(
                  name, one, split.classes().getOrDefault(one, 0L), split.patients()));
        }
      }
    }
    return spark.createDataFrame(
        rows, StructType.fromDDL("split STRING, class STRING, samples BIGINT, patients BIGINT"));
  }
}
