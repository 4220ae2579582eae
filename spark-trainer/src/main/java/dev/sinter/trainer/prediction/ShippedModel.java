package dev.sinter.trainer.prediction;

import com.esotericsoftware.kryo.DefaultSerializer;
import com.esotericsoftware.kryo.serializers.JavaSerializer;
import dev.sinter.dataset.DatasetManifest;
import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import dev.sinter.trainer.checkpoint.ImportedModels;
import dev.sinter.trainer.checkpoint.StoredModel;
import dev.sinter.trainer.config.ConfigFile;
import dev.sinter.trainer.config.RunConfig;
import dev.sinter.trainer.engine.EngineSettings;
import dev.sinter.trainer.engine.FlatVector;
import dev.sinter.trainer.engine.Network;
import dev.sinter.trainer.training.TrainingSettings;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A trained model on its way to the executors.
 *
 * @param network the network
 * @param parameters flat vector, float32 in native order
 * @param engine what executes it
 * @param dataset how its inputs were prepared, and the names of its classes
 */
@DefaultSerializer(JavaSerializer.class) // Kryo 4 knows no records
public record ShippedModel(
    Network network, byte[] parameters, EngineSettings engine, DatasetManifest dataset)
    implements Serializable {

  /** Takes a stored model over, and closes its parameters. */
  public static ShippedModel of(StoredModel stored) {
    try (FlatVector vector = stored.parameters()) {
      byte[] parameters = new byte[Math.toIntExact(vector.length() * Float.BYTES)];
      ByteBuffer.wrap(parameters)
          .order(ByteOrder.nativeOrder())
          .asFloatBuffer()
          .put(vector.floats());
      if (ImportedModels.isUntrained(stored.manifest())) {
        throw new SinterException(
            ErrorCategory.USAGE,
            "MODEL_NOT_TRAINED",
            "the model was imported, and not trained on a prepared dataset: it has no names of classes",
            "train it first: model.pretrained in a configuration for `sinter train`");
      }
      RunConfig run =
          ConfigFile.parse(
              stored.manifest().configuration(), Map.of(), "the model's configuration");
      return new ShippedModel(
          stored.network(),
          parameters,
          TrainingSettings.engine(run),
          DatasetManifest.parse(
              stored.manifest().preparation(), "the model's record of its dataset"));
    }
  }

  /** DL4J's own network, with the weights. */
  public ComputationGraph graph() {
    float[] values = new float[parameters.length / Float.BYTES];
    ByteBuffer.wrap(parameters).order(ByteOrder.nativeOrder()).asFloatBuffer().get(values);
    ComputationGraph graph = new ComputationGraph(network.configuration());
    graph.init(Nd4j.createFromArray(new float[][] {values}), false);
    return graph;
  }

  /** Unpacks the parameters; the caller closes them. */
  FlatVector loadParameters() {
    FlatVector vector = FlatVector.ofFloats(parameters.length / Float.BYTES);
    vector.floats().put(ByteBuffer.wrap(parameters).order(ByteOrder.nativeOrder()).asFloatBuffer());
    return vector;
  }
}
