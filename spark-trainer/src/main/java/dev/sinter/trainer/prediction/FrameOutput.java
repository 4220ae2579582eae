package dev.sinter.trainer.prediction;

import java.io.Serializable;
import java.util.List;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;

/**
 * A column that a prediction adds.
 *
 * @param column its name
 * @param kind what it holds
 */
public record FrameOutput(String column, Kind kind) implements Serializable {
  private static final double LEAST = Float.MIN_NORMAL;

  /** What a column holds. */
  public enum Kind {
    /** Vector: logarithm of each probability, so that softmax gives them back. */
    RAW,
    /** Vector: a probability for each label. */
    PROBABILITY,
    /** Number: the label of the most probable class. */
    PREDICTION,
    /** Binary: PNG or NIfTI at the source's size, with the values of the training masks. */
    MASK;

    /** Type of the column. */
    public DataType type() {
      return switch (this) {
        case RAW, PROBABILITY -> SQLDataTypes.VectorType();
        case PREDICTION -> DataTypes.DoubleType;
        case MASK -> DataTypes.BinaryType;
      };
    }
  }

  /**
   * The value of a classified source.
   *
   * @param probabilities by class
   * @param labels of the classes, whole numbers from 0
   * @param size of the vectors
   */
  Object of(double[] probabilities, List<Integer> labels, int size) {
    int best = 0;
    double[] byLabel = new double[size];
    for (int c = 0; c < probabilities.length; c++) {
      byLabel[labels.get(c)] = probabilities[c];
      best = probabilities[c] > probabilities[best] ? c : best;
    }
    return switch (kind) {
      case PROBABILITY -> Vectors.dense(byLabel);
      case PREDICTION -> (double) labels.get(best);
      case RAW -> {
        for (int i = 0; i < size; i++) {
          byLabel[i] = Math.log(Math.max(byLabel[i], LEAST));
        }
        yield Vectors.dense(byLabel);
      }
      case MASK -> throw new IllegalStateException("a classifier gives no mask");
    };
  }
}
