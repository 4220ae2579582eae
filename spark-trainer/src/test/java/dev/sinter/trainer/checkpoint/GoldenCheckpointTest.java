package dev.sinter.trainer.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sinter.model.ModelRegistry;
import dev.sinter.model.ModelSpec;
import dev.sinter.trainer.checkpoint.CheckpointManifest.OptimizerSliceFile;
import dev.sinter.trainer.engine.Batch;
import dev.sinter.trainer.engine.FlatVector;
import dev.sinter.trainer.engine.Network;
import dev.sinter.trainer.prediction.ShippedModel;
import java.nio.FloatBuffer;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.Test;

/** A checkpoint of format version 1, written once: every later Sinter must read it. */
class GoldenCheckpointTest {
  private static final String SHA256 =
      "a05fe7d01fb0a0c56c3910e1a69aed0bf9e47333fd3404dab95da0b7d5885d31";

  private static Path folder() {
    return new Path(GoldenCheckpointTest.class.getResource("/v1/checkpoint").toString());
  }

  private static StoredModel read() {
    return RunDirectory.readModel(folder().toString(), new Configuration());
  }

  @Test
  void manifestAndWeights() {
    StoredModel model = read();
    try (FlatVector parameters = model.parameters()) {
      CheckpointManifest manifest = model.manifest();
      assertThat(manifest.formatVersion()).isEqualTo(1);
      assertThat(manifest.model().name()).isEqualTo("unet");
      assertThat(manifest.step()).isEqualTo(4);
      assertThat(manifest.epoch()).isEqualTo(1);
      assertThat(manifest.run().settings()).containsEntry("sync.strategy", "gradient-sharing");
      assertThat(manifest.history()).hasSize(1);
      assertThat(manifest.history().get(0).validationMetric()).isEqualTo(0.6290222753232302);
      assertThat(manifest.parametersSha256()).isEqualTo(SHA256);
      assertThat(Sha256.of(parameters)).isEqualTo(SHA256);
    }
  }

  /** The registry makes of its spec, byte for byte, what was stored. */
  @Test
  void itsNetworkIsStillTheSame() {
    StoredModel model = read();
    model.parameters().close();
    ModelSpec spec = model.manifest().model();
    assertThat(Network.of(spec, ModelRegistry.configuration(spec)).configurationJson())
        .isEqualTo(model.configurationJson());
  }

  @Test
  void optimizerState() throws Exception {
    StoredModel model = read();
    model.parameters().close();
    OptimizerSliceFile slice = model.manifest().optimizerSlices().get(0);
    List<FlatVector> state =
        OptimizerFiles.read(FileSystem.getLocal(new Configuration()), folder(), slice, 2);
    assertThat(state).allSatisfy(vector -> assertThat(vector.length()).isEqualTo(1746));
    state.forEach(FlatVector::close);
  }

  @Test
  void predictsWhatItPredicted() {
    Batch batch = Batch.forSegmentation(1, 1, 16, 16);
    for (int i = 0; i < 256; i++) {
      batch.inputs().put(i, i % 16 < 8 ? 1f : -1f);
    }
    FloatBuffer probabilities = CheckpointsTest.predict(read(), batch);
    double foreground = 0;
    for (int i = 256; i < 512; i++) {
      foreground += probabilities.get(i);
    }
    assertThat(foreground / 256).isCloseTo(0.44806, within(1e-4));
  }

  @Test
  void knowsItsDataset() {
    ShippedModel model = ShippedModel.of(read());
    assertThat(model.dataset().classes()).containsExactly("0", "1");
    assertThat(model.dataset().height()).isEqualTo(16);
  }
}
