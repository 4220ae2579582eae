package dev.sinter.trainer.prediction;

import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import java.io.Serializable;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * A column of a DataFrame that holds sources.
 *
 * @param column its name
 * @param kind what it holds
 */
public record FrameInput(String column, Kind kind) implements Serializable {
  /** What a column holds. */
  public enum Kind {
    /** Text: URI of an image or volume, in one file. */
    PATH,
    /** Binary: the content of such a file. */
    CONTENT,
    /** A vector of Spark ML: the features of a row. */
    VECTOR
  }

  /**
   * The column of that name.
   *
   * @throws SinterException {@code FRAME_COLUMN_UNSUITABLE}
   */
  public static FrameInput of(StructType schema, String column) {
    DataType type = type(schema, column);
    if (type.equals(DataTypes.StringType)) {
      return new FrameInput(column, Kind.PATH);
    }
    if (type.equals(DataTypes.BinaryType)) {
      return new FrameInput(column, Kind.CONTENT);
    }
    if (type.equals(SQLDataTypes.VectorType())) {
      return new FrameInput(column, Kind.VECTOR);
    }
    throw unsuitable(
        "column " + column + " is of type " + type.catalogString(),
        "give paths as text, contents of files as binary, or vectors");
  }

  /** The type of a column that must be there. */
  public static DataType type(StructType schema, String column) {
    if (!java.util.Arrays.asList(schema.fieldNames()).contains(column)) {
      throw unsuitable(
          "there is no column '" + column + "' among " + String.join(", ", schema.fieldNames()),
          "name the column that holds it");
    }
    return schema.apply(column).dataType();
  }

  /** What is wrong with a DataFrame. */
  public static SinterException unsuitable(String problem, String remedy) {
    return new SinterException(
        ErrorCategory.USAGE, "FRAME_COLUMN_UNSUITABLE", "the DataFrame: " + problem, remedy);
  }
}
