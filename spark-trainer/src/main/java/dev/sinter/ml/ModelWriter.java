package dev.sinter.ml;

import dev.sinter.trainer.prediction.TrainedModel;
import org.apache.hadoop.fs.Path;
import org.apache.spark.ml.param.Params;
import org.apache.spark.ml.util.DefaultParamsWriter;
import org.apache.spark.ml.util.MLWriter;

/** Writes Spark ML's metadata and, beside them, the {@code model.zip}. */
final class ModelWriter extends MLWriter {
  static final String FILE = "model.zip";

  private final Params params;
  private final TrainedModel trained;

  ModelWriter(Params params, TrainedModel trained) {
    this.params = params;
    this.trained = trained;
  }

  @Override
  public void saveImpl(String path) {
    DefaultParamsWriter.saveMetadata(
        params, path, sc(), scala.Option.empty(), scala.Option.empty());
    trained.write(new Path(path, FILE), sc().hadoopConfiguration());
  }
}
