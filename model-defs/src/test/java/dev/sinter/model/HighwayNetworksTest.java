package dev.sinter.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

class HighwayNetworksTest {

  @ParameterizedTest
  @ValueSource(ints = {10, 20, 50, 100})
  void hasTheCountOfTheFormula(int depth) {
    ModelSpec spec =
        new ModelSpec(
            "highway", 1, 28, 28, 10, "cross-entropy", Map.of("depth", depth, "width", 50), 1);
    long gated = 2 * (50 * 50 + 50);
    assertThat(ParameterLayout.of(ModelRegistry.configuration(spec)).trainableParameters())
        .isEqualTo(784 * 50 + 50 + (depth - 1) * gated + 50 * 10 + 10);
  }

  /** The paper's equation 3. */
  @Test
  void mixesItsInputWithWhatItComputes() {
    Map<String, INDArray> activations = activations(-2);
    INDArray input = activations.get("layer2-add");
    INDArray gate = activations.get("layer3-gate");
    INDArray expected = activations.get("layer3-relu").mul(gate).add(input.mul(gate.rsub(1)));
    assertThat(activations.get("layer3-add").sub(expected).amaxNumber().doubleValue())
        .isLessThan(1e-6);
    INDArray sums = activations.get("layer3-gate-dense");
    assertThat(gate.sub(Transforms.sigmoid(sums)).amaxNumber().doubleValue()).isLessThan(1e-6);
  }

  @Test
  void startsByHandingOnItsInput() {
    Map<String, INDArray> closed = activations(-10);
    assertThat(relativeChange(closed)).isLessThan(1e-3);
    assertThat(relativeChange(activations(-1))).isGreaterThan(1e-2);
  }

  private static double relativeChange(Map<String, INDArray> activations) {
    INDArray first = activations.get("stem-relu");
    INDArray last = activations.get("layer10-add");
    return last.sub(first).norm2Number().doubleValue() / first.norm2Number().doubleValue();
  }

  private static Map<String, INDArray> activations(int gateBias) {
    ComputationGraph graph =
        new ComputationGraph(
            ModelRegistry.configuration(
                ModelSpecs.classification("highway", 9, Map.of("gate-bias", gateBias))));
    graph.init();
    Nd4j.getRandom().setSeed(3);
    return graph.feedForward(Nd4j.randn(DataType.FLOAT, 4, 3, 9, 9), false);
  }
}
