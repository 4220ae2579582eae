package dev.sinter.ml;

import dev.sinter.trainer.prediction.FrameInput;
import dev.sinter.trainer.prediction.TrainedModel;
import org.apache.spark.ml.Estimator;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.DefaultParamsWritable;
import org.apache.spark.ml.util.Identifiable$;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StructType;

/**
 * Trains a classifier on the images, volumes or vectors of a DataFrame. Labels are whole numbers
 * from 0, as {@code StringIndexer} gives them.
 */
public final class SinterClassifier extends Estimator<SinterClassificationModel>
    implements TrainingParams<SinterClassifier>,
        ClassifierParams<SinterClassifier>,
        DefaultParamsWritable {
  private final String uid;

  /** All parameters at their defaults. */
  public SinterClassifier() {
    this(Identifiable$.MODULE$.randomUID("sinter-classifier"));
  }

  /** For Spark ML, which copies and loads with it. */
  public SinterClassifier(String uid) {
    this.uid = uid;
    setTrainingDefaults();
    setClassifierDefaults();
    setDefault(labelCol(), "label");
  }

  @Override
  public String uid() {
    return uid;
  }

  /** Column of the labels; {@code label}. */
  public Param<String> labelCol() {
    return new Param<>(this, "labelCol", "class: whole numbers from 0");
  }

  /** Sets {@link #labelCol}. */
  public SinterClassifier setLabelCol(String column) {
    return with(labelCol(), column);
  }

  /**
   * Trains.
   *
   * @throws dev.sinter.error.SinterException whatever ends it, with its code
   */
  @Override
  public SinterClassificationModel fit(Dataset<?> frame) {
    transformSchema(frame.schema());
    String labels = getOrDefault(labelCol());
    Column label = functions.col(labels);
    Column wrong = label.isNull().or(label.notEqual(functions.floor(label))).or(label.lt(0));
    if (!frame.toDF().where(wrong).isEmpty()) {
      throw FrameInput.unsuitable(
          "column " + labels + " holds values that are no whole numbers from 0",
          "index the classes first, for example with StringIndexer");
    }
    TrainedModel trained =
        new FrameTraining(this, frame.sparkSession())
            .fit(frame, label.cast("long").cast("string"), null);
    SinterClassificationModel model =
        new SinterClassificationModel(uid, trained, Labels.count(frame, labels, trained));
    return copyValues(model, ParamMap.empty()).setParent(this);
  }

  @Override
  public StructType transformSchema(StructType schema) {
    FrameInput.of(schema, getOrDefault(inputCol()));
    String labels = getOrDefault(labelCol());
    if (!(FrameInput.type(schema, labels) instanceof NumericType)) {
      throw FrameInput.unsuitable(
          "column " + labels + " is of type " + schema.apply(labels).dataType().catalogString(),
          "index the classes first, for example with StringIndexer");
    }
    if (!getOrDefault(patientCol()).isEmpty()) {
      FrameInput.type(schema, getOrDefault(patientCol()));
    }
    return SinterClassificationModel.added(schema, this);
  }

  @Override
  public SinterClassifier copy(ParamMap extra) {
    return defaultCopy(extra);
  }

  /** For Spark ML. */
  public static MLReader<SinterClassifier> read() {
    return new DefaultParamsReader<>();
  }

  /** Reads what {@code save} wrote. */
  public static SinterClassifier load(String path) {
    return read().load(path);
  }
}
