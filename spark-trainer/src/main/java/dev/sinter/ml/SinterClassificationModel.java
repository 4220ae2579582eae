package dev.sinter.ml;

import dev.sinter.trainer.prediction.FrameInput;
import dev.sinter.trainer.prediction.FrameOutput;
import dev.sinter.trainer.prediction.FrameOutput.Kind;
import dev.sinter.trainer.prediction.FramePrediction;
import dev.sinter.trainer.prediction.SharedModel;
import dev.sinter.trainer.prediction.TrainedModel;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.ml.Model;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.ml.util.MLWritable;
import org.apache.spark.ml.util.MLWriter;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;

/** A trained classifier: adds prediction, probabilities and their logarithms to a DataFrame. */
public final class SinterClassificationModel extends Model<SinterClassificationModel>
    implements ClassifierParams<SinterClassificationModel>, MLWritable {
  private final String uid;
  private final transient SharedModel holder;

  SinterClassificationModel(String uid, TrainedModel trained, int numClasses) {
    this(uid, new SharedModel(trained));
    set(numClasses(), numClasses);
  }

  SinterClassificationModel(String uid, SharedModel holder) {
    this.uid = uid;
    this.holder = holder;
    setClassifierDefaults();
  }

  @Override
  public String uid() {
    return uid;
  }

  /** Length of the vectors: labels from 0 to one less. */
  public IntParam numClasses() {
    return new IntParam(this, "numClasses", "length of the vectors of probabilities");
  }

  @Override
  public Dataset<Row> transform(Dataset<?> frame) {
    FrameInput input = FrameInput.of(frame.schema(), getOrDefault(inputCol()));
    return new FramePrediction(
            holder.shipped(frame.sparkSession()),
            input,
            outputs(this),
            Labels.of(holder.trained()),
            (Integer) getOrDefault(numClasses()),
            invalid())
        .of(frame);
  }

  static List<FrameOutput> outputs(ClassifierParams<?> params) {
    List<FrameOutput> outputs = new ArrayList<>();
    add(outputs, params.getOrDefault(params.rawPredictionCol()), Kind.RAW);
    add(outputs, params.getOrDefault(params.probabilityCol()), Kind.PROBABILITY);
    add(outputs, params.getOrDefault(params.predictionCol()), Kind.PREDICTION);
    return outputs;
  }

  private static void add(List<FrameOutput> outputs, String column, Kind kind) {
    if (!column.isEmpty()) {
      outputs.add(new FrameOutput(column, kind));
    }
  }

  static StructType added(StructType schema, ClassifierParams<?> params) {
    return FramePrediction.schema(schema, outputs(params));
  }

  @Override
  public StructType transformSchema(StructType schema) {
    FrameInput.of(schema, getOrDefault(inputCol()));
    return added(schema, this);
  }

  @Override
  public SinterClassificationModel copy(ParamMap extra) {
    SinterClassificationModel copy = new SinterClassificationModel(uid, holder);
    return copyValues(copy, extra).setParent(parent());
  }

  @Override
  public MLWriter write() {
    return new ModelWriter(this, holder.trained());
  }

  /** For Spark ML. */
  public static MLReader<SinterClassificationModel> read() {
    return new ModelReader<>(SinterClassificationModel::new);
  }

  /** Reads what {@code save} wrote. */
  public static SinterClassificationModel load(String path) {
    return read().load(path);
  }
}
