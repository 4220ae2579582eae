package dev.sinter.trainer.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.error.SinterException;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EnginesTest {
  @ParameterizedTest
  @ValueSource(strings = {"libtorch", "nd4j"})
  void makesTheEngineOfThatName(String name) {
    assertThat(Engines.byName(EngineSettings.of(name)).name()).isEqualTo(name);
  }

  @Test
  void rejectsAnotherName() {
    assertThatThrownBy(() -> Engines.byName(EngineSettings.of("torch")))
        .isInstanceOf(SinterException.class)
        .hasMessageContaining("torch");
  }

  @Test
  void rejectsBfloat16OnNd4j() {
    EngineSettings settings =
        new EngineSettings("nd4j", ComputePrecision.BF16, 1, EngineSettings.Determinism.FASTEST);
    assertThatThrownBy(() -> Engines.byName(settings))
        .isInstanceOf(SinterException.class)
        .hasMessageContaining("bf16");
  }

  @ParameterizedTest
  @ValueSource(strings = {"libtorch", "nd4j"})
  void dropoutDependsOnItsSeedAlone(String name) {
    Network network =
        TestNetworks.around(
            (graph, input) -> {
              graph.addLayer("dropout", new DropoutLayer.Builder(0.5).build(), input);
              return "dropout";
            });
    try (FlatVector parameters = RandomState.parameters(network, FlatVector.Precision.FLOAT32, 2);
        FlatVector gradient = FlatVector.ofFloats(parameters.length());
        Replica replica =
            Engines.byName(EngineSettings.of(name)).createReplica(network, parameters)) {
      Batch batch = RandomState.batch(network, 4, 3);
      float one = replica.computeGradient(batch, 1, gradient);
      assertThat(replica.computeGradient(batch, 2, gradient)).isNotEqualTo(one);
      assertThat(replica.computeGradient(batch, 1, gradient)).isEqualTo(one);
    }
  }
}
