package dev.sinter.ml;

import org.apache.spark.ml.param.Param;

/**
 * The columns that a classifier adds beside the prediction. An empty name adds none.
 *
 * @param <T> the class itself
 */
public interface ClassifierParams<T> extends SourceParams<T> {
  /** A probability for each label; {@code probability}. */
  default Param<String> probabilityCol() {
    return new Param<>(this, "probabilityCol", "vector of a probability for each label");
  }

  /** Logarithms of the probabilities; {@code rawPrediction}. */
  default Param<String> rawPredictionCol() {
    return new Param<>(this, "rawPredictionCol", "vector of the logarithm of each probability");
  }

  /** Sets {@link #probabilityCol}. */
  default T setProbabilityCol(String column) {
    return with(probabilityCol(), column);
  }

  /** Sets {@link #rawPredictionCol}. */
  default T setRawPredictionCol(String column) {
    return with(rawPredictionCol(), column);
  }

  /** Sets what these parameters are without being set. */
  default void setClassifierDefaults() {
    setSourceDefaults();
    setDefault(probabilityCol(), "probability");
    setDefault(rawPredictionCol(), "rawPrediction");
  }
}
