package dev.sinter.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.dropout.Dropout;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class VggNetsTest {

  @ParameterizedTest
  @CsvSource({
    "vgg16, 3, 224, 224, 64x112x112, 512x7x7",
    "vgg19-bn, 1, 32, 63, 64x16x31, 512x1x1",
    "vgg19, 4, 100, 300, 64x50x150, 512x3x9",
  })
  void hasShapes(String name, int channels, int height, int width, String first, String last) {
    ModelSpec spec =
        new ModelSpec(
            name, channels, height, width, 6, "cross-entropy", Map.of("hidden", 9, "grid", 3), 1);
    LayerTable table = LayerTable.of(ModelRegistry.configuration(spec), spec.input());
    assertThat(shape(table, "block1-pool")).isEqualTo(first);
    assertThat(shape(table, "block5-pool")).isEqualTo(last);
    assertThat(shape(table, "pool")).isEqualTo("512x3x3");
    assertThat(shape(table, "fc2")).isEqualTo("9");
    assertThat(shape(table, "head")).isEqualTo("6");
  }

  private static String shape(LayerTable table, String vertex) {
    return String.join("x", table.row(vertex).outputShape().stream().map(String::valueOf).toList());
  }

  @Test
  void statesShapesOfStages() {
    assertThat(ModelRegistry.card("vgg19").stages())
        .containsEntry("block3", List.of(256L, 28L, 28L))
        .containsEntry("pool", List.of(512L, 7L, 7L))
        .containsEntry("fc1", List.of(4096L))
        .containsEntry("head", List.of(1000L));
  }

  @Test
  void namesVerticesByBlock() {
    assertThat(configuration("vgg19", Map.of()).getVertices())
        .containsKeys("block1-conv2", "block1-pool", "block3-conv4", "block5-relu4", "fc1", "head")
        .doesNotContainKeys("block1-conv3", "block6-conv1", "block1-bn1");
    assertThat(configuration("vgg16-bn", Map.of()).getVertices())
        .containsKeys("block3-bn3", "block5-conv3")
        .doesNotContainKeys("block3-conv4");
  }

  @Test
  void dropsBehindTheHiddenLayersAlone() {
    ComputationGraphConfiguration usual = configuration("vgg16", Map.of());
    assertThat(retained(usual, "fc1-dropout")).isEqualTo(0.5);
    assertThat(retained(usual, "fc2-dropout")).isEqualTo(0.5);
    assertThat(usual.getVertexInputs().get("fc2")).isEqualTo(List.of("fc1-dropout"));
    assertThat(usual.getVertexInputs().get("head")).isEqualTo(List.of("fc2-dropout"));
    assertThat(retained(configuration("vgg16", Map.of("dropout", 0.2)), "fc1-dropout"))
        .isEqualTo(0.8);
    assertThat(configuration("vgg16", Map.of("dropout", 0)).getVertices())
        .doesNotContainKeys("fc1-dropout", "fc2-dropout");
  }

  private static double retained(ComputationGraphConfiguration configuration, String vertex) {
    LayerVertex layer = (LayerVertex) configuration.getVertices().get(vertex);
    return ((Dropout) layer.getLayerConf().getLayer().getIDropout()).getP();
  }

  /** As torchvision: the grid is what the features are at 224x224, and repeats them below 64. */
  @Test
  void averagesFeaturesToAGrid() {
    ComputationGraph graph = new ComputationGraph(configuration("vgg16", Map.of("hidden", 4)));
    graph.init();
    Map<String, INDArray> at224 = activations(graph, 224, 224);
    assertThat(largestDifference(at224.get("pool"), at224.get("block5-pool"))).isLessThan(1e-6);
    Map<String, INDArray> at50 = activations(graph, 50, 50);
    INDArray pixel = at50.get("block5-pool");
    assertThat(pixel.shape()).containsExactly(1, 512, 1, 1);
    assertThat(largestDifference(at50.get("pool"), pixel.broadcast(1, 512, 7, 7))).isLessThan(1e-6);
    Map<String, INDArray> at448 = activations(graph, 448, 448);
    assertThat(at448.get("pool").meanNumber().doubleValue())
        .isCloseTo(at448.get("block5-pool").meanNumber().doubleValue(), within(1e-4));
  }

  private static Map<String, INDArray> activations(ComputationGraph graph, int... size) {
    Nd4j.getRandom().setSeed(Arrays.hashCode(size));
    return graph.feedForward(Nd4j.rand(DataType.FLOAT, 1, 3, size[0], size[1]), false);
  }

  private static double largestDifference(INDArray one, INDArray other) {
    assertThat(one.amaxNumber().doubleValue()).isPositive();
    return one.sub(other).amaxNumber().doubleValue();
  }

  private static ComputationGraphConfiguration configuration(
      String name, Map<String, Object> options) {
    return ModelRegistry.configuration(ModelSpecs.classification(name, 64, options));
  }

  /** Sizes whose last features are 2x2, 5x4 and, one pixel wide, 2x1. */
  @ParameterizedTest
  @CsvSource({
    "after-block, 64, 64",
    "after-block, 63, 40",
    "across-blocks, 64, 64",
    "across-blocks, 160, 130",
    "across-blocks, 64, 50",
    "concat, 64, 64",
    "concat, 64, 40"
  })
  void readySkipsBeginWithoutEffect(String skips, int height, int width) {
    Map<String, Object> options = Map.of("hidden", 16, "dropout", 0);
    ComputationGraph plain = network("vgg19", height, width, options);
    Map<String, Object> withSkips = new HashMap<>(options);
    withSkips.put("skips", skips);
    ComputationGraph skipping = network("vgg19-skip", height, width, withSkips);
    WeightCopies.copy(plain, skipping);
    INDArray images = Nd4j.rand(DataType.FLOAT, 2, 3, height, width).subi(0.5);
    assertThat(skipping.numParams()).isGreaterThan(plain.numParams());
    assertThat(
            skipping
                .outputSingle(images)
                .sub(plain.outputSingle(images))
                .amaxNumber()
                .doubleValue())
        .isLessThanOrEqualTo(1e-6);
  }

  private static ComputationGraph network(
      String name, int height, int width, Map<String, Object> options) {
    ComputationGraph network =
        new ComputationGraph(
            ModelRegistry.configuration(
                new ModelSpec(name, 3, height, width, 6, "cross-entropy", options, 3)));
    network.init();
    return network;
  }
}
