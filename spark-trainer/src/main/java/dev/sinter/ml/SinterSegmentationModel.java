package dev.sinter.ml;

import dev.sinter.trainer.prediction.FrameInput;
import dev.sinter.trainer.prediction.FrameOutput;
import dev.sinter.trainer.prediction.FramePrediction;
import dev.sinter.trainer.prediction.SharedModel;
import java.util.List;
import org.apache.spark.ml.Model;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.ml.util.MLWritable;
import org.apache.spark.ml.util.MLWriter;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;

/**
 * A trained segmenter: adds a column with the file of each mask, PNG for an image and NIfTI with
 * the geometry of the source for a volume, at the source's own size.
 */
public final class SinterSegmentationModel extends Model<SinterSegmentationModel>
    implements SourceParams<SinterSegmentationModel>, MLWritable {
  private final String uid;
  private final transient SharedModel holder;

  SinterSegmentationModel(String uid, SharedModel holder) {
    this.uid = uid;
    this.holder = holder;
    setSourceDefaults();
  }

  @Override
  public String uid() {
    return uid;
  }

  @Override
  public Dataset<Row> transform(Dataset<?> frame) {
    FrameInput input = FrameInput.of(frame.schema(), getOrDefault(inputCol()));
    return new FramePrediction(
            holder.shipped(frame.sparkSession()), input, outputs(this), List.of(), 0, invalid())
        .of(frame);
  }

  private static List<FrameOutput> outputs(SourceParams<?> params) {
    return List.of(
        new FrameOutput(params.getOrDefault(params.predictionCol()), FrameOutput.Kind.MASK));
  }

  static StructType added(StructType schema, SourceParams<?> params) {
    return FramePrediction.schema(schema, outputs(params));
  }

  @Override
  public StructType transformSchema(StructType schema) {
    FrameInput.of(schema, getOrDefault(inputCol()));
    return added(schema, this);
  }

  @Override
  public SinterSegmentationModel copy(ParamMap extra) {
    SinterSegmentationModel copy = new SinterSegmentationModel(uid, holder);
    return copyValues(copy, extra).setParent(parent());
  }

  @Override
  public MLWriter write() {
    return new ModelWriter(this, holder.trained());
  }

  /** For Spark ML. */
  public static MLReader<SinterSegmentationModel> read() {
    return new ModelReader<>(SinterSegmentationModel::new);
  }

  /** Reads what {@code save} wrote. */
  public static SinterSegmentationModel load(String path) {
    return read().load(path);
  }
}
