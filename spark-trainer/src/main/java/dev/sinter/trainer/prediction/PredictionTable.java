package dev.sinter.trainer.prediction;

import dev.sinter.trainer.checkpoint.AtomicFiles;
import dev.sinter.trainer.prediction.SourceChunks.Chunk;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.deploy.SparkHadoopUtil;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * Writes predicted classes as {@code predictions.parquet} (a folder) and {@code predictions.csv}
 * (one file), in the order of the sources. Tasks make parts of both from the chunks; the driver
 * appends the parts of the CSV to each other through a small buffer.
 */
final class PredictionTable {
  private static final long ROWS_PER_PART = 1 << 16;

  private final SparkSession session;
  private final List<String> classes;

  PredictionTable(SparkSession session, List<String> classes) {
    this.session = session;
    this.classes = classes;
  }

  void write(PredictionFolder folder, List<Chunk> chunks, long rowCount) throws IOException {
    FileSystem files = folder.files();
    Path parquet = new Path(folder.root(), "predictions.parquet");
    Path parts = new Path(folder.work(), "csv");
    AtomicFiles.deleteIfThere(files, parquet); // of a run that was killed here
    AtomicFiles.deleteIfThere(files, parts);
    int slices = (int) Math.min(chunks.size(), rowCount / ROWS_PER_PART + 1);
    Dataset<Row> table =
        session.createDataFrame(rows(folder.root().toString(), chunks, slices), schema());
    table.write().parquet(parquet.toString());
    table.write().option("header", true).csv(parts.toString());
    append(files, parts, new Path(folder.root(), "predictions.csv"));
  }

  private JavaRDD<Row> rows(String root, List<Chunk> chunks, int slices) {
    List<String> names = classes;
    return JavaSparkContext.fromSparkContext(session.sparkContext())
        .parallelize(chunks, slices)
        .flatMap(
            chunk -> {
              Configuration hadoop = SparkHadoopUtil.get().newConfiguration(SparkEnv.get().conf());
              PredictionFolder folder = new PredictionFolder(new Path(root), hadoop);
              return ChunkResult.rows(folder.files(), folder.chunk(chunk)).stream()
                  .map(row -> row(row, names))
                  .iterator();
            });
  }

  /** The header of the first part alone is kept. */
  private static void append(FileSystem files, Path parts, Path csv) throws IOException {
    List<Path> inOrder =
        Arrays.stream(files.listStatus(parts))
            .map(FileStatus::getPath)
            .filter(path -> path.getName().startsWith("part-"))
            .sorted()
            .toList();
    try (OutputStream out = files.create(csv, true)) {
      for (int i = 0; i < inOrder.size(); i++) {
        try (InputStream in = new BufferedInputStream(files.open(inOrder.get(i)))) {
          int value = i == 0 ? '\n' : in.read();
          while (value >= 0 && value != '\n') {
            value = in.read();
          }
          in.transferTo(out);
        }
      }
    }
  }

  private static Row row(ChunkResult.Row source, List<String> classes) {
    float[] probabilities = source.probabilities();
    int best = 0;
    for (int c = 1; c < probabilities.length; c++) {
      best = probabilities[c] > probabilities[best] ? c : best;
    }
    List<Object> values = new ArrayList<>();
    values.add(source.path());
    values.add(classes.get(best));
    values.add(probabilities[best]);
    for (float probability : probabilities) {
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
