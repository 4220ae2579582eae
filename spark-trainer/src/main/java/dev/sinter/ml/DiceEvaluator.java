package dev.sinter.ml;

import static org.apache.spark.sql.functions.avg;
import static org.apache.spark.sql.functions.col;

import dev.sinter.dataset.source.SourceFormats;
import dev.sinter.trainer.prediction.FrameInput;
import dev.sinter.trainer.prediction.FrameInput.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.deploy.SparkHadoopUtil;
import org.apache.spark.ml.evaluation.Evaluator;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.DefaultParamsWritable;
import org.apache.spark.ml.util.Identifiable$;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;

/**
 * Mean foreground Dice of predicted masks: of each row and mask value, the mean over the rows, then
 * over the values. 0 is the background; a value that is in neither mask of a row is skipped there,
 * and so are rows without a prediction.
 */
public final class DiceEvaluator extends Evaluator implements DefaultParamsWritable {
  private final String uid;

  /** Columns {@code mask} and {@code prediction}. */
  public DiceEvaluator() {
    this(Identifiable$.MODULE$.randomUID("dice"));
  }

  /** For Spark ML, which copies and loads with it. */
  public DiceEvaluator(String uid) {
    this.uid = uid;
    setDefault(maskCol(), "mask");
    setDefault(predictionCol(), "prediction");
  }

  @Override
  public String uid() {
    return uid;
  }

  /** Column of the true masks, paths or contents; {@code mask}. */
  public Param<String> maskCol() {
    return new Param<>(this, "maskCol", "paths (text) or contents (binary) of the true masks");
  }

  /** Column of the predicted masks; {@code prediction}. */
  public Param<String> predictionCol() {
    return new Param<>(this, "predictionCol", "predicted masks, of a SinterSegmentationModel");
  }

  /** Sets {@link #maskCol}. */
  public DiceEvaluator setMaskCol(String column) {
    set(maskCol(), column);
    return this;
  }

  /** Sets {@link #predictionCol}. */
  public DiceEvaluator setPredictionCol(String column) {
    set(predictionCol(), column);
    return this;
  }

  /** NaN without any foreground. */
  @Override
  public double evaluate(Dataset<?> frame) {
    for (String column : List.of(getOrDefault(maskCol()), getOrDefault(predictionCol()))) {
      if (FrameInput.of(frame.schema(), column).kind() == Kind.VECTOR) {
        throw FrameInput.unsuitable("column " + column + " holds vectors", "give masks");
      }
    }
    Row mean =
        frame
            .select(col(getOrDefault(maskCol())), col(getOrDefault(predictionCol())))
            .na()
            .drop()
            .flatMap(new Overlaps(), Encoders.row(StructType.fromDDL("value FLOAT, dice DOUBLE")))
            .groupBy("value")
            .agg(avg("dice").as("dice"))
            .agg(avg("dice"))
            .first();
    return mean.isNullAt(0) ? Double.NaN : mean.getDouble(0);
  }

  /** The Dice of each value of one row; runs on executors. */
  private static final class Overlaps implements FlatMapFunction<Row, Row>, Serializable {
    private static final long serialVersionUID = 1L;

    @Override
    public Iterator<Row> call(Row row) throws IOException {
      float[] truth = values(row.get(0));
      float[] predicted = values(row.get(1));
      if (truth.length != predicted.length) {
        throw FrameInput.unsuitable(
            "a true mask has " + truth.length + " pixels, the predicted one " + predicted.length,
            "compare masks of the same image");
      }
      Map<Float, long[]> counts = new TreeMap<>(); // both, and the sum of the two areas
      for (int i = 0; i < truth.length; i++) {
        count(counts, truth[i], truth[i] == predicted[i]);
        count(counts, predicted[i], false);
      }
      List<Row> rows = new ArrayList<>();
      counts.forEach(
          (value, count) -> rows.add(RowFactory.create(value, 2.0 * count[0] / count[1])));
      return rows.iterator();
    }

    private static void count(Map<Float, long[]> counts, float value, boolean both) {
      if (value != 0) {
        long[] count = counts.computeIfAbsent(value, v -> new long[2]);
        count[0] += both ? 1 : 0;
        count[1]++;
      }
    }

    private static float[] values(Object mask) throws IOException {
      if (mask instanceof byte[] content) {
        return SourceFormats.readMask("a mask", content).values();
      }
      Path path = new Path((String) mask);
      Configuration hadoop = SparkHadoopUtil.get().newConfiguration(SparkEnv.get().conf());
      try (InputStream stream = path.getFileSystem(hadoop).open(path)) {
        return SourceFormats.readMask("a mask", stream.readAllBytes()).values();
      }
    }
  }

  @Override
  public DiceEvaluator copy(ParamMap extra) {
    return defaultCopy(extra);
  }

  /** For Spark ML. */
  public static MLReader<DiceEvaluator> read() {
    return new DefaultParamsReader<>();
  }

  /** Reads what {@code save} wrote. */
  public static DiceEvaluator load(String path) {
    return read().load(path);
  }
}
