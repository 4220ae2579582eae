package dev.sinter.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;

class InceptionNetsTest {

  @ParameterizedTest
  @CsvSource({
    "299, 299, 192x35x35, 288x35x35, 768x17x17, 1280x8x8, 2048x8x8",
    "75, 75, 192x7x7, 288x7x7, 768x3x3, 1280x1x1, 2048x1x1",
    "107, 160, 192x11x17, 288x11x17, 768x5x8, 1280x2x3, 2048x2x3",
  })
  void hasShapes(
      int height,
      int width,
      String stem,
      String square,
      String factorised,
      String reduced,
      String last) {
    LayerTable table = LayerTable.of(configuration(), InputShape.image(3, height, width));
    assertThat(shape(table, "stem-pool2")).isEqualTo(stem);
    assertThat(shape(table, "mixed5d")).isEqualTo(square);
    assertThat(shape(table, "mixed6e")).isEqualTo(factorised);
    assertThat(shape(table, "mixed7a")).isEqualTo(reduced);
    assertThat(shape(table, "mixed7c")).isEqualTo(last);
    assertThat(shape(table, "pool")).isEqualTo("2048");
  }

  private static String shape(LayerTable table, String vertex) {
    return String.join("x", table.row(vertex).outputShape().stream().map(String::valueOf).toList());
  }

  /** torchvision's order, so that its weights fit. */
  @Test
  void concatenatesBranchesInOrder() {
    Map<String, List<String>> inputs = configuration().getVertexInputs();
    assertThat(inputs.get("mixed5b"))
        .isEqualTo(
            List.of(
                "mixed5b-branch1x1-relu",
                "mixed5b-branch5x5-2-relu",
                "mixed5b-branch3x3dbl-3-relu",
                "mixed5b-branch-pool-relu"));
    assertThat(inputs.get("mixed6a"))
        .isEqualTo(
            List.of(
                "mixed6a-branch3x3-relu", "mixed6a-branch3x3dbl-3-relu", "mixed6a-branch-pool"));
    assertThat(inputs.get("mixed7c"))
        .isEqualTo(
            List.of(
                "mixed7c-branch1x1-relu",
                "mixed7c-branch3x3",
                "mixed7c-branch3x3dbl",
                "mixed7c-branch-pool-relu"));
    assertThat(inputs.get("mixed7c-branch3x3dbl"))
        .isEqualTo(List.of("mixed7c-branch3x3dbl-3a-relu", "mixed7c-branch3x3dbl-3b-relu"));
  }

  @Test
  void hasItsOwnEpsilonAndCountsBordersInItsMeans() {
    assertThat(((BatchNormalization) layer("mixed6c-branch7x7-2-bn")).getEps()).isEqualTo(1e-3);
    assertThat(((SubsamplingLayer) layer("mixed6c-average")).isAvgPoolIncludePadInDivisor())
        .isTrue();
  }

  @Test
  void canDoWithoutItsAuxiliaryHead() {
    LayerTable with = table(Map.of());
    LayerTable without = table(Map.of("auxiliary-head", false));
    assertThat(with.parameters()).isEqualTo(27_161_264);
    assertThat(without.parameters()).isEqualTo(23_834_568);
    assertThat(with.multiplyAdds()).isEqualTo(without.multiplyAdds());
  }

  @Test
  void addsTheAuxiliaryHeadBehindTheLastFactorisedBlock() {
    ComputationGraphConfiguration configuration = atFullSize(Map.of());
    assertThat(configuration.getNetworkOutputs()).isEqualTo(List.of("head", "auxiliary-head"));
    assertThat(configuration.getVertexInputs().get("auxiliary-average"))
        .isEqualTo(List.of("mixed6e"));
    LayerTable table = table(Map.of());
    assertThat(shape(table, "auxiliary-average")).isEqualTo("768x5x5");
    assertThat(shape(table, "auxiliary-conv0-relu")).isEqualTo("128x5x5");
    assertThat(shape(table, "auxiliary-conv1-relu")).isEqualTo("768x1x1");
    assertThat(shape(table, "auxiliary-head")).isEqualTo("1000");
    assertThat(table.row("auxiliary-conv1-conv").multiplyAdds()).isZero();
    OutputLayer head =
        (OutputLayer)
            ((LayerVertex) configuration.getVertices().get("auxiliary-head"))
                .getLayerConf()
                .getLayer();
    assertThat(head.getLossFn()).isEqualTo(new WeightedLoss(new LossMCXENT(), 0.4));
  }

  /** The auxiliary head takes a part in the loss and none in the prediction. */
  @Test
  void trainsBothHeads() {
    ComputationGraph graph = new ComputationGraph(atFullSize(Map.of("dropout", 0)));
    graph.init();
    Nd4j.getRandom().setSeed(5);
    INDArray labels = Nd4j.eye(1000).castTo(DataType.FLOAT).get(NDArrayIndex.interval(0, 2));
    graph.setInputs(Nd4j.rand(DataType.FLOAT, 2, 3, 299, 299));
    graph.setLabels(labels, labels);
    graph.computeGradientAndScore();
    Map<String, INDArray> gradients = graph.gradient().gradientForVariable();
    assertThat(gradients).hasSameSizeAs(graph.paramTable().keySet());
    gradients.forEach(
        (name, gradient) ->
            assertThat(gradient.amaxNumber().doubleValue()).as(name).isFinite().isPositive());
    INDArray auxiliary = graph.getOutputLayer(1).getParam("W");
    assertThat(auxiliary.stdNumber().doubleValue()).isCloseTo(0.001, within(1e-5));
  }

  private static LayerTable table(Map<String, Object> options) {
    return LayerTable.of(atFullSize(options), InputShape.image(3, 299, 299));
  }

  private static ComputationGraphConfiguration atFullSize(Map<String, Object> options) {
    return ModelRegistry.configuration(
        new ModelSpec("inception-v3", 3, 299, 299, 1000, "cross-entropy", options, 1));
  }

  private static Layer layer(String vertex) {
    return ((LayerVertex) configuration().getVertices().get(vertex)).getLayerConf().getLayer();
  }

  private static ComputationGraphConfiguration configuration() {
    return ModelRegistry.configuration(ModelSpecs.tiny("inception-v3"));
  }
}
