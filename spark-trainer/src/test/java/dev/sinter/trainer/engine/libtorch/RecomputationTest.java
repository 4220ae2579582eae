package dev.sinter.trainer.engine.libtorch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sinter.trainer.engine.ActivationMemory;
import dev.sinter.trainer.engine.Batch;
import dev.sinter.trainer.engine.ComputePrecision;
import dev.sinter.trainer.engine.EngineSettings;
import dev.sinter.trainer.engine.FlatVector;
import dev.sinter.trainer.engine.Network;
import dev.sinter.trainer.engine.RandomState;
import dev.sinter.trainer.engine.TestNetworks;
import java.util.Arrays;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RecomputationTest {
  private static final int SAMPLES = 3;

  static Stream<Network> networks() {
    return Stream.of(
        TestNetworks.resNet(),
        TestNetworks.uNet(),
        TestNetworks.around(
            (graph, input) -> {
              graph.addLayer("dropout1", new DropoutLayer(0.5), input);
              graph.addLayer("conv", TestNetworks.convolution(3, 5, 1, 1), "dropout1");
              graph.addLayer("dropout2", new DropoutLayer(0.7), "conv");
              return "dropout2";
            }));
  }

  @ParameterizedTest
  @MethodSource("networks")
  void givesLossAndGradientOfTheKeptActivations(Network network) {
    Batch batch = RandomState.batch(network, SAMPLES, 3);
    try (FlatVector parameters = RandomState.parameters(network, FlatVector.Precision.FLOAT64, 2);
        FlatVector kept = FlatVector.ofDoubles(parameters.length());
        FlatVector recomputed = FlatVector.ofDoubles(parameters.length());
        LibtorchReplica keeping = replica(network, parameters, ActivationMemory.KEEP);
        LibtorchReplica recomputing = replica(network, parameters, ActivationMemory.RECOMPUTE)) {
      double loss = keeping.meanLoss(batch, 7, kept);
      assertThat(recomputing.meanLoss(batch, 7, recomputed)).isEqualTo(loss);
      double[] expected = values(kept);
      double largest = Arrays.stream(expected).map(Math::abs).max().orElseThrow();
      assertThat(largest).isPositive();
      assertThat(values(recomputed)).containsExactly(expected, within(1e-12 * largest));
    }
  }

  @Test
  void hasSeveralSegments() {
    Network network = TestNetworks.resNet();
    try (FlatVector parameters = RandomState.parameters(network, FlatVector.Precision.FLOAT32, 2);
        ParameterTensors tensors =
            new ParameterTensors(network, parameters, new HostPlacement(parameters))) {
      Graph graph =
          GraphTranslator.translate(network.configuration(), tensors, ActivationMemory.RECOMPUTE);
      assertThat(graph.segments()).hasSizeGreaterThan(3);
      assertThat(graph.segments().get(0).from()).isZero();
      for (int i = 1; i < graph.segments().size(); i++) {
        assertThat(graph.segments().get(i).from()).isEqualTo(graph.segments().get(i - 1).to());
      }
      assertThat(graph.segments().get(graph.segments().size() - 1).to())
          .isEqualTo(graph.steps().size());
    }
  }

  private static double[] values(FlatVector vector) {
    double[] values = new double[(int) vector.length()];
    vector.bytes(0, values.length).asDoubleBuffer().get(values);
    return values;
  }

  private static LibtorchReplica replica(
      Network network, FlatVector parameters, ActivationMemory memory) {
    EngineSettings settings =
        EngineSettings.of("libtorch").with(ComputePrecision.FP32).with(memory);
    return new LibtorchReplica(network, parameters, new HostPlacement(parameters), settings);
  }
}
