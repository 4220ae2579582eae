package dev.sinter.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

class SkipLstmsTest {

  @ParameterizedTest
  @CsvSource({
    "64, 32, 4, 128, add",
    "3, 1, 2, 5, concat",
    "7, 9, 3, 4, concat",
    "2, 4, 2, 8, none"
  })
  void hasTheCountOfTheFormula(int channels, int steps, int depth, int width, String skip) {
    Map<String, Object> options = Map.of("depth", depth, "width", width, "skip", skip);
    ComputationGraphConfiguration configuration = configuration(channels, steps, options);
    long parameters = 0;
    long multiplyAdds = 0;
    long inputs = channels;
    for (int layer = 1; layer <= depth; layer++) {
      long weights = 4L * width * (inputs + width);
      parameters += weights + 4L * width;
      multiplyAdds += weights * steps;
      inputs = skip.equals("concat") ? (long) layer * width : width;
    }
    LayerTable table = LayerTable.of(configuration, InputShape.sequence(channels, steps));
    assertThat(table.parameters()).isEqualTo(parameters + inputs * 3 + 3);
    assertThat(table.multiplyAdds()).isEqualTo(multiplyAdds + inputs * 3);
    assertThat(table.row("last-step").outputShape()).isEqualTo(List.of(inputs));
    assertThat(table.row("layer1-lstm").outputShape())
        .isEqualTo(List.of((long) width, (long) steps));
  }

  @Test
  void skipsEveryLayerButTheFirst() {
    Map<String, List<String>> added = configuration(3, 5, Map.of()).getVertexInputs();
    assertThat(added.get("layer2-add")).isEqualTo(List.of("layer1-lstm", "layer2-lstm"));
    assertThat(added.get("layer3-add")).isEqualTo(List.of("layer2-add", "layer3-lstm"));
    assertThat(added.get("layer3-lstm")).isEqualTo(List.of("layer3-dropout"));
    assertThat(added.get("last-step")).isEqualTo(List.of("layer4-add"));
    Map<String, List<String>> none = configuration(3, 5, Map.of("skip", "none")).getVertexInputs();
    assertThat(none.keySet()).noneMatch(name -> name.endsWith("-add"));
    assertThat(none.get("last-step")).isEqualTo(List.of("layer4-lstm"));
  }

  @Test
  void classifiesTheLastStep() {
    ComputationGraph graph = new ComputationGraph(configuration(3, 5, Map.of("width", 8)));
    graph.init();
    Nd4j.getRandom().setSeed(3);
    Map<String, INDArray> activations =
        graph.feedForward(Nd4j.randn(DataType.FLOAT, 2, 3, 5), false);
    assertThat(activations.get("last-step"))
        .isEqualTo(
            activations
                .get("layer4-add")
                .get(NDArrayIndex.all(), NDArrayIndex.all(), NDArrayIndex.point(4)));
    assertThat(activations.get("head").shape()).containsExactly(2, 3);
  }

  @Test
  void startsWithOpenForgetGates() {
    ComputationGraph graph = new ComputationGraph(configuration(3, 5, Map.of("width", 16)));
    graph.init();
    INDArray biases = graph.getParam("layer2-lstm_b");
    assertThat(biases.sumNumber().doubleValue()).isEqualTo(16);
    assertThat(
            biases.get(NDArrayIndex.all(), NDArrayIndex.interval(16, 32)).minNumber().floatValue())
        .isEqualTo(1f); // DL4J's second gate of four
    for (String weights : List.of("layer1-lstm_W", "layer2-lstm_W", "layer2-lstm_RW")) {
      assertThat(graph.getParam(weights).amaxNumber().doubleValue()).isBetween(0.23, 0.25);
    }
  }

  private static ComputationGraphConfiguration configuration(
      int channels, int steps, Map<String, Object> options) {
    return ModelRegistry.configuration(
        new ModelSpec(
            "skip-lstm", InputShape.sequence(channels, steps), 3, "cross-entropy", options, 1));
  }
}
