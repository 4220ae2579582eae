package dev.sinter.api;

import dev.sinter.error.SinterException;
import dev.sinter.trainer.checkpoint.CheckpointManifest;
import dev.sinter.trainer.config.Locations;
import dev.sinter.trainer.prediction.Evaluation;
import dev.sinter.trainer.prediction.FrameInput;
import dev.sinter.trainer.prediction.FrameOutput;
import dev.sinter.trainer.prediction.FramePrediction;
import dev.sinter.trainer.prediction.Prediction;
import dev.sinter.trainer.prediction.SharedModel;
import dev.sinter.trainer.prediction.ShippedModel;
import dev.sinter.trainer.prediction.TrainedModel;
import dev.sinter.trainer.run.Curves;
import dev.sinter.trainer.run.TestResult;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.deeplearning4j.nn.graph.ComputationGraph;

/** A trained model. */
public final class SinterModel {
  private final SparkSession spark;
  private final SharedModel shared;
  private final ShippedModel model;
  private final CheckpointManifest manifest;

  private SinterModel(SparkSession spark, TrainedModel trained) {
    this.spark = spark;
    this.shared = new SharedModel(trained);
    this.model = trained.shipped();
    this.manifest = trained.manifest();
  }

  /**
   * Loads a run (its best checkpoint), a checkpoint or a {@code model.zip}.
   *
   * @throws SinterException {@code MODEL_NOT_FOUND}, {@code MODEL_UNREADABLE}
   */
  public static SinterModel load(SparkSession spark, String uri) {
    return new SinterModel(
        spark, TrainedModel.read(uri, spark.sparkContext().hadoopConfiguration()));
  }

  /** {@code classification} or {@code segmentation}. */
  public String task() {
    return model.dataset().task().key();
  }

  /** Names, by index. */
  public List<String> classes() {
    return model.dataset().classes();
  }

  /** The registered name of the network. */
  public String name() {
    return model.network().spec().name();
  }

  /**
   * The network with its weights, as DL4J's own class: to be looked at, or to be changed with
   * DL4J's {@code TransferLearning}. A new one at each call.
   */
  public ComputationGraph network() {
    return model.graph();
  }

  /**
   * Measures it on a split of a prepared dataset.
   *
   * @throws SinterException {@code SPLIT_NOT_FOUND}, {@code MODEL_DATA_MISMATCH}
   */
  public SinterEvaluation evaluate(String dataset, String split) {
    String data = Locations.qualified(dataset, spark.sparkContext().hadoopConfiguration());
    return new SinterEvaluation(spark, TestResult.of(new Evaluation(spark, model, data, split)));
  }

  /**
   * Predicts a folder of images or volumes, or one file, into a new folder, as {@code sinter
   * predict} does.
   *
   * @return of a classifier, the table of predictions.parquet; of a segmenter, a row for each mask:
   *     {@code path}, {@code length}
   * @throws SinterException {@code OUTPUT_EXISTS}, {@code NOTHING_PREDICTED} and others
   */
  public Dataset<Row> predict(String input, String output) {
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    Prediction.Outcome outcome =
        new Prediction(
                spark,
                model,
                Locations.qualified(input, hadoop),
                Locations.qualified(output, hadoop))
            .run();
    return switch (model.dataset().task()) {
      case CLASSIFICATION -> spark.read().parquet(outcome.output() + "/predictions.parquet");
      case SEGMENTATION ->
          spark
              .read()
              .format("binaryFile")
              .option("recursiveFileLookup", "true")
              .option("pathGlobFilter", "*.{png,nii.gz}")
              .load(outcome.output())
              .select("path", "length");
    };
  }

  /**
   * Predicts the rows of a DataFrame where its partitions are, when the result is used. Adds {@code
   * probability} and {@code prediction} (the class's index) of a classifier, or {@code prediction}
   * (the mask as a PNG or NIfTI file) of a segmenter. A source that cannot be read ends the job.
   *
   * @param column paths (text) or contents (binary) of images or volumes, or vectors of features
   * @throws SinterException {@code FRAME_COLUMN_UNSUITABLE}
   */
  public Dataset<Row> predict(Dataset<?> images, String column) {
    List<Integer> indices = IntStream.range(0, classes().size()).boxed().toList();
    List<FrameOutput> outputs =
        switch (model.dataset().task()) {
          case CLASSIFICATION ->
              List.of(
                  new FrameOutput("probability", FrameOutput.Kind.PROBABILITY),
                  new FrameOutput("prediction", FrameOutput.Kind.PREDICTION));
          case SEGMENTATION -> List.of(new FrameOutput("prediction", FrameOutput.Kind.MASK));
        };
    return new FramePrediction(
            shared.shipped(spark),
            FrameInput.of(images.schema(), column),
            outputs,
            indices,
            indices.size(),
            FramePrediction.Invalid.ERROR)
        .of(images);
  }

  /** Learning curves of the run up to this checkpoint, as a drawing that stands alone. */
  public String curvesSvg() {
    return Drawings.svg(
        Curves.of(
            task(), manifest.history(), CheckpointManifest.EpochRecord.best(manifest.history())));
  }
}
