package dev.sinter.ml;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.when;

import dev.sinter.api.SinterTrainer;
import dev.sinter.error.SinterException;
import dev.sinter.trainer.checkpoint.AtomicFiles;
import dev.sinter.trainer.config.Locations;
import dev.sinter.trainer.prediction.FrameInput;
import dev.sinter.trainer.prediction.TrainedModel;
import java.io.IOException;
import java.util.Arrays;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.ml.functions;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;

/**
 * Fits: copies the DataFrame's images where the executors have them into a folder with a manifest,
 * prepares that, and trains. The copies and the shards are removed; the run's folder stays.
 */
final class FrameTraining {
  private static final Pattern PART = Pattern.compile("(part-\\d+)-.*\\.csv");
  private static final int ROWS_PER_TABLE = 1_000_000;
  private static final String STAGED = "file STRING, label STRING, patient STRING, mask STRING";

  private final TrainingParams<?> params;
  private final SparkSession spark;
  private final Path folder;

  FrameTraining(TrainingParams<?> params, SparkSession spark) {
    this.params = params;
    this.spark = spark;
    if (!params.isSet(params.workDir())) {
      throw FrameInput.unsuitable(
          "workDir is not set",
          "call setWorkDir with a folder that driver and executors share, such as hdfs://");
    }
    String work =
        Locations.qualified(
            params.getOrDefault(params.workDir()), spark.sparkContext().hadoopConfiguration());
    this.folder = new Path(work, "fit-" + UUID.randomUUID());
  }

  /**
   * Fits.
   *
   * @param label the class, as text
   * @param mask column of the masks; null for classification
   * @throws SinterException whatever ends it, with its code
   */
  TrainedModel fit(Dataset<?> frame, Column label, FrameInput mask) {
    FrameInput input = FrameInput.of(frame.schema(), params.getOrDefault(params.inputCol()));
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    try {
      SinterTrainer trainer = trainer(mask == null ? "classification" : "segmentation");
      if (input.kind() == FrameInput.Kind.VECTOR) {
        trainer.dataSample("row");
      }
      trainer.effectiveConfiguration(); // fails before anything is copied
      if (input.kind() == FrameInput.Kind.VECTOR) {
        stageRows(frame.toDF(), input, label, trainer);
      } else {
        stageFiles(frame.toDF(), input, label, mask, trainer);
      }
      return TrainedModel.read(trainer.train().bestCheckpoint(), hadoop);
    } finally {
      for (String part : new String[] {"collection", "manifest", "dataset"}) {
        remove(new Path(folder, part), hadoop);
      }
    }
  }

  private SinterTrainer trainer(String task) {
    SinterTrainer trainer =
        SinterTrainer.on(spark)
            .configuration(params.getOrDefault(params.configuration()))
            .dataInput(new Path(folder, "collection").toString())
            .dataOutput(new Path(folder, "dataset").toString())
            .dataTask(task)
            .trainOutput(new Path(folder, "run").toString());
    double val = (Double) params.getOrDefault(params.dataSplitVal());
    KeyDefaults.apply(params, trainer);
    return trainer
        .set("data.split.train", 1 - val)
        .set("data.split.val", val)
        .set("data.split.test", 0);
  }

  private Column patient() {
    String column = params.getOrDefault(params.patientCol());
    if (column.isEmpty()) {
      return lit("");
    }
    Column text = col(column).cast("string");
    return when(text.notEqual(""), text);
  }

  private void stageFiles(
      Dataset<Row> frame, FrameInput input, Column label, FrameInput mask, SinterTrainer trainer) {
    Path collection = new Path(folder, "collection");
    Path manifest = new Path(folder, "manifest");
    Column none = lit("");
    frame
        .select(
            frame.col(input.column()),
            label.as("label"),
            patient().as("patient"),
            (mask == null ? none : frame.col(mask.column())).as("mask"))
        .map(
            new StagedRow(collection.toString(), input, mask),
            Encoders.row(StructType.fromDDL(STAGED)))
        .write()
        .parquet(manifest.toString());
    trainer
        .dataInput(new Path(collection, StagedRow.IMAGES).toString())
        .dataManifest(manifest.toString())
        .set("data.columns.file", "file")
        .set("data.columns.patient", "patient");
    if (mask == null) {
      trainer.set("data.columns.label", "label");
    } else {
      trainer
          .dataMasks(new Path(collection, StagedRow.MASKS).toString())
          .set("data.columns.mask", "mask");
    }
  }

  /** As a table of text: what {@code data.sample: row} reads. */
  private void stageRows(
      Dataset<Row> frame, FrameInput input, Column label, SinterTrainer trainer) {
    Row first = frame.select(input.column()).na().drop().first();
    int size = ((org.apache.spark.ml.linalg.Vector) first.get(0)).size();
    String patients = params.getOrDefault(params.patientCol());
    Column array = functions.vector_to_array(frame.col(input.column()), "float32");
    Dataset<Row> rows = frame.select(array.as("v"), label.as("label"), patient().as("patient"));
    Column[] columns = new Column[size + (patients.isEmpty() ? 1 : 2)];
    columns[0] = rows.col("label");
    for (int i = 0; i < size; i++) {
      columns[1 + i] =
          rows.col("v").getItem(i).as(String.format(java.util.Locale.ROOT, "f%05d", i));
    }
    if (!patients.isEmpty()) {
      columns[size + 1] = rows.col("patient");
    }
    writeTables(rows.select(columns));
    trainer.set("data.table.label", "label");
    if (!patients.isEmpty()) {
      trainer.set("data.table.patient", "patient");
    }
  }

  /** The same rows in the same tables, however the DataFrame is partitioned. */
  private void writeTables(Dataset<Row> rows) {
    Path collection = new Path(folder, "collection");
    Column[] all = Arrays.stream(rows.columns()).map(rows::col).toArray(Column[]::new);
    int tables = Math.toIntExact(1 + rows.count() / ROWS_PER_TABLE);
    rows.repartition(tables, all)
        .sortWithinPartitions(all)
        .write()
        .option("header", true)
        .csv(collection.toString());
    try {
      FileSystem files = collection.getFileSystem(spark.sparkContext().hadoopConfiguration());
      for (FileStatus table : files.listStatus(collection)) {
        Matcher name = PART.matcher(table.getPath().getName());
        if (name.matches()) { // what follows the number is another each time
          files.rename(table.getPath(), new Path(collection, name.group(1) + ".csv"));
        }
      }
    } catch (IOException e) {
      throw AtomicFiles.failure(collection, e);
    }
  }

  private static void remove(Path path, Configuration hadoop) {
    try {
      path.getFileSystem(hadoop).delete(path, true);
    } catch (IOException e) {
      throw AtomicFiles.failure(path, e);
    }
  }
}
