package dev.sinter.trainer.prediction;

import dev.sinter.dataset.DatasetManifest;
import dev.sinter.model.ModelRegistry;
import dev.sinter.model.ModelSpec;
import dev.sinter.trainer.engine.EngineSettings;
import dev.sinter.trainer.engine.FlatVector;
import dev.sinter.trainer.engine.Network;
import dev.sinter.trainer.engine.RandomState;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;

/** Networks with random weights: what is asked is whether inputs and outputs find their places. */
final class TinyModels {
  private TinyModels() {}

  static ShippedModel random(
      DatasetManifest dataset, String name, Map<String, Object> options, int seed) {
    ModelSpec spec =
        new ModelSpec(
            name, dataset.inputShape(), dataset.classes().size(), "cross-entropy", options, 1);
    Network network = Network.of(spec, ModelRegistry.configuration(spec));
    try (FlatVector parameters =
        RandomState.parameters(network, FlatVector.Precision.FLOAT32, seed)) {
      byte[] bytes = new byte[Math.toIntExact(parameters.length() * Float.BYTES)];
      ByteBuffer.wrap(bytes)
          .order(ByteOrder.nativeOrder())
          .asFloatBuffer()
          .put(parameters.floats());
      return new ShippedModel(network, bytes, EngineSettings.of("libtorch"), dataset);
    }
  }
}
