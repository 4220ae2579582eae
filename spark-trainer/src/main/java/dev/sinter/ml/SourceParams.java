package dev.sinter.ml;

import dev.sinter.trainer.prediction.FramePrediction.Invalid;
import java.util.Locale;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.Params;

/**
 * What estimators and their models share.
 *
 * @param <T> the class itself
 */
public interface SourceParams<T> extends Params {
  /** Column of the images: paths as text, contents as binary, or vectors; {@code path}. */
  default Param<String> inputCol() {
    return new Param<>(
        this, "inputCol", "paths (text) or contents (binary) of images or volumes, or vectors");
  }

  /** Column that the prediction goes to; {@code prediction}. */
  default Param<String> predictionCol() {
    return new Param<>(
        this, "predictionCol", "label of the most probable class, or the predicted mask");
  }

  /** A row whose source cannot be read: {@code error} (default), {@code skip}, {@code keep}. */
  default Param<String> handleInvalid() {
    return new Param<>(
        this,
        "handleInvalid",
        "a row whose source cannot be read: error ends the job, skip leaves it out, keep gives null");
  }

  /** Sets {@link #inputCol}. */
  default T setInputCol(String column) {
    return with(inputCol(), column);
  }

  /** Sets {@link #predictionCol}. */
  default T setPredictionCol(String column) {
    return with(predictionCol(), column);
  }

  /** Sets {@link #handleInvalid}. */
  default T setHandleInvalid(String way) {
    return with(handleInvalid(), way);
  }

  /** Sets a parameter and returns this. */
  @SuppressWarnings("unchecked")
  default <V> T with(Param<V> parameter, V value) {
    set(parameter, value);
    return (T) this;
  }

  /** Sets what these parameters are without being set. */
  default void setSourceDefaults() {
    setDefault(inputCol(), "path");
    setDefault(predictionCol(), "prediction");
    setDefault(handleInvalid(), "error");
  }

  /** {@link #handleInvalid}, checked. */
  default Invalid invalid() {
    String way = getOrDefault(handleInvalid());
    for (Invalid one : Invalid.values()) {
      if (one.name().toLowerCase(Locale.ROOT).equals(way)) {
        return one;
      }
    }
    throw new IllegalArgumentException(
        "handleInvalid is '" + way + "'; it may be error, skip or keep");
  }
}
