package dev.sinter.ml;

import dev.sinter.trainer.prediction.SharedModel;
import dev.sinter.trainer.prediction.TrainedModel;
import java.util.function.BiFunction;
import org.apache.spark.ml.param.Params;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.MLReader;

/**
 * Reads what {@link ModelWriter} wrote.
 *
 * @param <T> the model
 */
final class ModelReader<T extends Params> extends MLReader<T> {
  private final BiFunction<String, SharedModel, T> create;

  ModelReader(BiFunction<String, SharedModel, T> create) {
    this.create = create;
  }

  @Override
  public T load(String path) {
    DefaultParamsReader.Metadata metadata = DefaultParamsReader.loadMetadata(path, sc(), "");
    TrainedModel trained =
        TrainedModel.read(path + "/" + ModelWriter.FILE, sc().hadoopConfiguration());
    T model = create.apply(metadata.uid(), new SharedModel(trained));
    metadata.getAndSetParams(model, scala.Option.empty());
    return model;
  }
}
