package dev.sinter.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SkipMlpsTest {

  @ParameterizedTest
  @CsvSource({"30, 2, 4, 192, 2", "1, 7, 1, 1, 1", "100, 3, 12, 64, 4"})
  void hasTheCountOfTheFormula(int columns, int classes, int depth, long width, int factor) {
    ComputationGraphConfiguration configuration =
        configuration(
            columns, classes, Map.of("depth", depth, "width", width, "hidden-factor", factor));
    long hidden = width * factor;
    long block = 2 * width + width * hidden + hidden + hidden * width + width;
    assertThat(ParameterLayout.of(configuration).trainableParameters())
        .isEqualTo(columns * width + width + depth * block + 2 * width + width * classes + classes);
    LayerTable table = LayerTable.of(configuration, InputShape.row(columns));
    assertThat(table.row("block1-dense1").outputShape()).isEqualTo(List.of(hidden));
    assertThat(table.row("block1-add").outputShape()).isEqualTo(List.of(width));
    assertThat(table.row("head").outputShape()).isEqualTo(List.of((long) classes));
    assertThat(table.multiplyAdds())
        .isEqualTo(columns * width + depth * 2L * width * hidden + width * classes);
  }

  @Test
  void addsEachBlockToItsInput() {
    Map<String, List<String>> inputs = configuration(5, 2, Map.of()).getVertexInputs();
    assertThat(inputs.get("block1-add")).isEqualTo(List.of("stem", "block1-dense2"));
    assertThat(inputs.get("block2-add")).isEqualTo(List.of("block1-add", "block2-dense2"));
    assertThat(inputs.get("block2-dense2")).isEqualTo(List.of("block2-dropout1"));
  }

  @Test
  void dropsWhereItIsTold() {
    assertThat(configuration(5, 2, Map.of("dropout", 0)).getVertices())
        .doesNotContainKeys("block1-dropout1", "block1-dropout2");
    Map<String, List<String>> both =
        configuration(5, 2, Map.of("residual-dropout", 0.1)).getVertexInputs();
    assertThat(both.get("block1-add")).isEqualTo(List.of("stem", "block1-dropout2"));
    assertThat(both.get("block1-dropout2")).isEqualTo(List.of("block1-dense2"));
  }

  @Test
  void startsAsTorchsLinearLayers() {
    ComputationGraph graph = new ComputationGraph(configuration(9, 2, Map.of("width", 64)));
    graph.init();
    assertThat(largest(graph, "stem_W")).isBetween(0.32, 1 / 3.0 + 1e-7);
    assertThat(largest(graph, "block1-dense1_W")).isBetween(0.124, 0.125);
    assertThat(largest(graph, "block1-dense2_W")).isBetween(0.088, Math.sqrt(1 / 128.0) + 1e-7);
    assertThat(largest(graph, "block1-dense1_b")).isZero();
  }

  private static double largest(ComputationGraph graph, String parameter) {
    return graph.getParam(parameter).amaxNumber().doubleValue();
  }

  private static ComputationGraphConfiguration configuration(
      int columns, int classes, Map<String, Object> options) {
    return ModelRegistry.configuration(
        new ModelSpec("skip-mlp", InputShape.row(columns), classes, "cross-entropy", options, 1));
  }
}
