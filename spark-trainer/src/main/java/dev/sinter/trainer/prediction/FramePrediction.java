package dev.sinter.trainer.prediction;

import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.TaskCompletionListener;

/**
 * Adds predictions to a DataFrame where its partitions are: rows keep their order, and nothing
 * comes to the driver. Spark computes it when the result is used, each time anew unless it is
 * cached.
 *
 * @param shipped the model
 * @param input column of the sources
 * @param outputs columns to add, in order
 * @param labels of the model's classes, whole numbers from 0
 * @param vectorSize length of the vectors of a classifier
 * @param invalid what becomes of a source that cannot be read
 */
public record FramePrediction(
    Broadcast<ShippedModel> shipped,
    FrameInput input,
    List<FrameOutput> outputs,
    List<Integer> labels,
    int vectorSize,
    Invalid invalid)
    implements MapPartitionsFunction<Row, Row>, Serializable {

  /** What becomes of a row whose source cannot be read. */
  public enum Invalid {
    /** It ends the job. */
    ERROR,
    /** It is left out. */
    SKIP,
    /** Its predictions are null. */
    KEEP
  }

  /** Copies the lists, into ones that every serializer knows. */
  public FramePrediction {
    outputs = new ArrayList<>(outputs);
    labels = new ArrayList<>(labels);
  }

  /** The DataFrame with the columns. */
  public Dataset<Row> of(Dataset<?> frame) {
    StructType schema = schema(frame.schema(), outputs);
    return frame.toDF().mapPartitions(this, Encoders.row(schema));
  }

  /**
   * A schema with the columns.
   *
   * @throws SinterException {@code FRAME_COLUMN_UNSUITABLE} when one is there already
   */
  public static StructType schema(StructType before, List<FrameOutput> outputs) {
    StructType schema = before;
    for (FrameOutput output : outputs) {
      if (List.of(schema.fieldNames()).contains(output.column())) {
        throw FrameInput.unsuitable(
            "column " + output.column() + " is there already",
            "drop it, or give the prediction another name");
      }
      schema = schema.add(output.column(), output.kind().type(), true);
    }
    return schema;
  }

  @Override
  public Iterator<Row> call(Iterator<Row> rows) {
    FramePredictor predictor = new FramePredictor(this, rows);
    TaskCompletionListener closing = context -> predictor.close();
    TaskContext.get().addTaskCompletionListener(closing);
    return predictor;
  }

  static SinterException unreadable(long row, SinterException why) {
    return new SinterException(
        ErrorCategory.DATA,
        why.code(),
        "row " + row + " of partition " + TaskContext.getPartitionId() + ": " + why.getMessage(),
        why.remedy() + " With handleInvalid skip or keep, such rows do not end the job.",
        why);
  }
}
