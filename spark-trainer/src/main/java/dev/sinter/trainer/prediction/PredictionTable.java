package dev.sinter.trainer.prediction;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * Writes predicted classes as {@code predictions.parquet} (a folder) and {@code predictions.csv}
 * (one file).
 */
final class PredictionTable {
  private final SparkSession session;
  private final List<String> classes;

  PredictionTable(SparkSession session, List<String> classes) {
    this.session = session;
    this.classes = classes;
  }

  void write(JavaRDD<PredictedFile> files, FileSystem fileSystem, Path folder) throws IOException {
    List<String> names = classes;
    JavaRDD<Row> rows = files.map(file -> row(file, names));
    Dataset<Row> table = session.createDataFrame(rows, schema());
    table.write().parquet(new Path(folder, "predictions.parquet").toString());
    Path csv = new Path(folder, ".csv");
    table.orderBy("path").coalesce(1).write().option("header", true).csv(csv.toString());
    for (FileStatus part : fileSystem.listStatus(csv)) {
      if (part.getPath().getName().startsWith("part-")) {
        fileSystem.rename(part.getPath(), new Path(folder, "predictions.csv"));
      }
    }
    fileSystem.delete(csv, true);
  }

  private static Row row(PredictedFile file, List<String> classes) {
    List<Object> values = new ArrayList<>();
    values.add(file.path());
    values.add(classes.get(file.predicted()));
    values.add(file.probabilities()[file.predicted()]);
    for (float probability : file.probabilities()) {
      values.add(probability);
    }
    return RowFactory.create(values.toArray());
  }

  private StructType schema() {
    List<StructField> fields = new ArrayList<>();
    fields.add(DataTypes.createStructField("path", DataTypes.StringType, false));
    fields.add(DataTypes.createStructField("predicted_class", DataTypes.StringType, false));
    fields.add(DataTypes.createStructField("confidence", DataTypes.FloatType, false));
    for (String name : classes) {
      fields.add(DataTypes.createStructField("probability_" + name, DataTypes.FloatType, false));
    }
    return DataTypes.createStructType(fields);
  }
}
