package dev.sinter.ml;

import dev.sinter.trainer.prediction.FrameInput;
import dev.sinter.trainer.prediction.SharedModel;
import dev.sinter.trainer.prediction.TrainedModel;
import org.apache.spark.ml.Estimator;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.DefaultParamsWritable;
import org.apache.spark.ml.util.Identifiable$;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.StructType;

/** Trains a segmenter on the images or volumes of a DataFrame and their masks. */
public final class SinterSegmenter extends Estimator<SinterSegmentationModel>
    implements TrainingParams<SinterSegmenter>, DefaultParamsWritable {
  private final String uid;

  /** All parameters at their defaults. */
  public SinterSegmenter() {
    this(Identifiable$.MODULE$.randomUID("sinter-segmenter"));
  }

  /** For Spark ML, which copies and loads with it. */
  public SinterSegmenter(String uid) {
    this.uid = uid;
    setTrainingDefaults();
    setDefault(maskCol(), "mask");
  }

  @Override
  public String uid() {
    return uid;
  }

  /** Column of the masks, paths or contents; {@code mask}. */
  public Param<String> maskCol() {
    return new Param<>(this, "maskCol", "paths (text) or contents (binary) of the masks");
  }

  /** Sets {@link #maskCol}. */
  public SinterSegmenter setMaskCol(String column) {
    return with(maskCol(), column);
  }

  /**
   * Trains.
   *
   * @throws dev.sinter.error.SinterException whatever ends it, with its code
   */
  @Override
  public SinterSegmentationModel fit(Dataset<?> frame) {
    transformSchema(frame.schema());
    FrameInput mask = FrameInput.of(frame.schema(), getOrDefault(maskCol()));
    TrainedModel trained =
        new FrameTraining(this, frame.sparkSession()).fit(frame, functions.lit(""), mask);
    SinterSegmentationModel model = new SinterSegmentationModel(uid, new SharedModel(trained));
    return copyValues(model, ParamMap.empty()).setParent(this);
  }

  @Override
  public StructType transformSchema(StructType schema) {
    for (String column : new String[] {getOrDefault(inputCol()), getOrDefault(maskCol())}) {
      if (FrameInput.of(schema, column).kind() == FrameInput.Kind.VECTOR) {
        throw FrameInput.unsuitable(
            "column " + column + " holds vectors", "give images or volumes to a segmenter");
      }
    }
    return SinterSegmentationModel.added(schema, this);
  }

  @Override
  public SinterSegmenter copy(ParamMap extra) {
    return defaultCopy(extra);
  }

  /** For Spark ML. */
  public static MLReader<SinterSegmenter> read() {
    return new DefaultParamsReader<>();
  }

  /** Reads what {@code save} wrote. */
  public static SinterSegmenter load(String path) {
    return read().load(path);
  }
}
