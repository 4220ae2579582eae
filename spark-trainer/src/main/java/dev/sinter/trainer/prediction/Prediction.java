package dev.sinter.trainer.prediction;

import dev.sinter.dataset.JobDescription;
import dev.sinter.dataset.MaskWriter;
import dev.sinter.dataset.SourceCollection;
import dev.sinter.dataset.Task;
import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import dev.sinter.trainer.checkpoint.AtomicFiles;
import java.io.IOException;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;

/**
 * Predicts new images or volumes, as a Spark job that writes where it computes: masks as PNG or
 * NIfTI with the source's geometry, classes as Parquet and CSV. A file that cannot be read is
 * listed in {@code rejected.jsonl} and does not end the job.
 */
public final class Prediction {
  /** What a prediction ships. */
  public static final List<Class<?>> SHIPPED = List.of(ShippedModel.class, PredictedFile.class);

  private static final int FILES_PER_TASK = 64;

  private final SparkSession session;
  private final ShippedModel model;
  private final String input;
  private final Path output;

  /** A prediction of everything under {@code input}. */
  public Prediction(SparkSession session, ShippedModel model, String input, String output) {
    this.session = session;
    this.model = model;
    this.input = input;
    this.output = new Path(output);
  }

  /**
   * What came out.
   *
   * @param task of the model
   * @param predicted files
   * @param rejected files that could not be read
   * @param output folder
   */
  public record Outcome(String task, long predicted, long rejected, String output) {}

  /**
   * Runs the job.
   *
   * @throws SinterException {@code OUTPUT_EXISTS}, {@code PATH_NOT_FOUND}, {@code NO_IMAGES_FOUND},
   *     {@code MASK_NAMES_COLLIDE}, {@code NOTHING_PREDICTED}
   */
  public Outcome run() {
    JobDescription named =
        JobDescription.of(session, "predict", "predict with " + model.network().spec().name());
    try {
      return predict();
    } finally {
      named.close();
    }
  }

  private Outcome predict() {
    Configuration hadoop = session.sparkContext().hadoopConfiguration();
    FileSystem files = requireEmptyOutput(hadoop);
    SourceCollection sources = SourceCollection.list(hadoop, input, model.dataset().preparation());
    if (model.dataset().task() == Task.SEGMENTATION) {
      MaskWriter.requireDistinctNames(sources);
    }
    JavaSparkContext spark = JavaSparkContext.fromSparkContext(session.sparkContext());
    Path unfinished = new Path(output.getParent(), "." + output.getName() + ".tmp");
    AtomicFiles.deleteIfThere(files, unfinished); // of a run that was killed
    Broadcast<ShippedModel> shipped = spark.broadcast(model);
    try {
      int tasks =
          Math.max(
              spark.defaultParallelism(),
              (sources.items().size() + FILES_PER_TASK - 1) / FILES_PER_TASK);
      PredictionTask task = new PredictionTask(shipped, sources, unfinished.toString());
      JavaRDD<PredictedFile> predicted =
          spark
              .parallelize(IntStream.range(0, sources.items().size()).boxed().toList(), tasks)
              .mapPartitions(task::run)
              .persist(StorageLevel.MEMORY_AND_DISK());
      List<PredictedFile> rejected =
          predicted.filter(file -> !file.errorCode().isEmpty()).collect();
      long done = predicted.count() - rejected.size();
      if (done == 0) {
        throw new SinterException(
            ErrorCategory.DATA,
            "NOTHING_PREDICTED",
            "none of the "
                + rejected.size()
                + " files under "
                + input
                + " could be read; the first: "
                + rejected.get(0).errorMessage(),
            "give images or volumes of the kind that the model was trained on");
      }
      files.mkdirs(unfinished);
      if (model.dataset().task() == Task.CLASSIFICATION) {
        new PredictionTable(session, model.dataset().classes())
            .write(predicted.filter(file -> file.errorCode().isEmpty()), files, unfinished);
      }
      if (!rejected.isEmpty()) {
        AtomicFiles.writeText(
            files, new Path(unfinished, "rejected.jsonl"), Rejections.toJsonLines(rejected));
      }
      predicted.unpersist();
      files.delete(output, false); // an empty folder
      if (!files.rename(unfinished, output)) {
        throw new IOException("renaming " + unfinished + " to " + output + " failed");
      }
      return new Outcome(model.dataset().task().key(), done, rejected.size(), output.toString());
    } catch (IOException e) {
      throw AtomicFiles.failure(output, e);
    } finally {
      shipped.destroy();
      AtomicFiles.deleteIfThere(files, unfinished);
    }
  }

  private FileSystem requireEmptyOutput(Configuration hadoop) {
    try {
      FileSystem files = output.getFileSystem(hadoop);
      if (files.exists(output) && files.listStatus(output).length > 0) {
        throw new SinterException(
            ErrorCategory.USAGE,
            "OUTPUT_EXISTS",
            output + " is not empty",
            "choose another --output, or remove that folder");
      }
      return files;
    } catch (IOException e) {
      throw AtomicFiles.failure(output, e);
    }
  }
}
