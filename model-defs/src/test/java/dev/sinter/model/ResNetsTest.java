package dev.sinter.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class ResNetsTest {

  /** Sides after stem and stage 4, as torch gives them: odd sizes are rounded down when padded. */
  @ParameterizedTest
  @CsvSource({
    "resnet18, imagenet, 3, 224, 224, 64x56x56, 512x7x7",
    "resnet18, imagenet, 1, 64, 96, 64x16x24, 512x2x3",
    "resnet18, imagenet, 4, 225, 227, 64x57x57, 512x8x8",
    "resnet18, imagenet, 1, 32, 32, 64x8x8, 512x1x1",
    "resnet18, small, 1, 28, 28, 64x28x28, 512x4x4",
    "resnet34, small, 3, 32, 32, 64x32x32, 512x4x4",
    "resnet50, imagenet, 3, 224, 224, 64x56x56, 2048x7x7",
    "resnet50, small, 1, 8, 8, 64x8x8, 2048x1x1",
    "resnet101, imagenet, 3, 224, 224, 64x56x56, 2048x7x7",
    "resnet152, imagenet, 1, 97, 64, 64x25x16, 2048x4x2",
    "resnext50-32x4d, small, 2, 32, 32, 64x32x32, 2048x4x4",
    "wide-resnet50-2, imagenet, 3, 224, 224, 64x56x56, 2048x7x7",
  })
  void hasShapes(
      String name, String stem, int channels, int height, int width, String first, String last) {
    ModelSpec spec =
        new ModelSpec(name, channels, height, width, 6, "cross-entropy", Map.of("stem", stem), 1);
    LayerTable table = LayerTable.of(ModelRegistry.configuration(spec), channels, height, width);
    String stemEnd = stem.equals("imagenet") ? "stem-pool" : "stem-relu";
    String lastBlock = name.equals("resnet18") ? "stage4-block2-relu" : "stage4-block3-relu";
    assertThat(shape(table, stemEnd)).isEqualTo(first);
    assertThat(shape(table, lastBlock)).isEqualTo(last);
    assertThat(shape(table, "head")).isEqualTo("6");
  }

  private static String shape(LayerTable table, String vertex) {
    return String.join("x", table.row(vertex).outputShape().stream().map(String::valueOf).toList());
  }

  @Test
  void namesVerticesByStageAndBlock() {
    ComputationGraphConfiguration configuration =
        ModelRegistry.configuration(ModelSpecs.classification("resnet50", 64, Map.of()));
    assertThat(configuration.getVertices())
        .containsKeys(
            "stem-conv", "stem-bn", "stem-relu", "stem-pool", "stage1-block1-shortcut-conv")
        .containsKeys("stage3-block2-conv1", "stage3-block2-bn3", "stage3-block2-add")
        .containsKeys("stage3-block6-relu", "pool", "head")
        .doesNotContainKeys("stage3-block7-conv1", "stage3-block2-shortcut-conv");
    assertThat(configuration.getVertexInputs().get("stage3-block2-add"))
        .isEqualTo(List.of("stage3-block2-bn3", "stage3-block1-relu"));
    assertThat(configuration.getVertexInputs().get("stage3-block1-add"))
        .isEqualTo(List.of("stage3-block1-bn3", "stage3-block1-shortcut-bn"));
  }

  @Test
  void hasTheStrideOfABottleneckInTheMiddle() {
    LayerTable table =
        LayerTable.of(
            ModelRegistry.configuration(ModelSpecs.classification("resnet50", 64, Map.of())),
            3,
            64,
            64);
    assertThat(shape(table, "stage2-block1-conv1")).isEqualTo("128x16x16");
    assertThat(shape(table, "stage2-block1-conv2")).isEqualTo("128x8x8");
  }

  @Test
  void groupsTheMiddleConvolutionOfAResNeXt() {
    LayerTable table = table("resnext50-32x4d");
    assertThat(table.row("stage1-block1-conv2").type()).isEqualTo("GroupedConvolution2D");
    assertThat(table.row("stage1-block1-conv2").parameters()).isEqualTo(128 * 4 * 9);
    assertThat(shape(table, "stage1-block1-conv2")).isEqualTo("128x16x16");
    assertThat(shape(table, "stage2-block1-conv2")).isEqualTo("256x8x8");
    assertThat(shape(table, "stage2-block1-conv3")).isEqualTo("512x8x8");
  }

  @Test
  void doublesTheInnerChannelsOfAWideResNet() {
    LayerTable table = table("wide-resnet50-2");
    assertThat(table.row("stage1-block1-conv2").type()).isEqualTo("ConvolutionLayer");
    assertThat(shape(table, "stage1-block1-conv2")).isEqualTo("128x16x16");
    assertThat(shape(table, "stage4-block3-conv2")).isEqualTo("1024x2x2");
    assertThat(shape(table, "stage4-block3-conv3")).isEqualTo("2048x2x2");
  }

  private static LayerTable table(String name) {
    return LayerTable.of(
        ModelRegistry.configuration(ModelSpecs.classification(name, 64, Map.of())), 3, 64, 64);
  }

  /** keras-applications' ResNet50 has 25,583,592 trainable parameters. */
  @Test
  void buildsTheNetworkOfKerasOnRequest() {
    ComputationGraphConfiguration keras =
        ModelRegistry.configuration(
            new ModelSpec(
                "resnet50", 3, 64, 64, 1000, "cross-entropy", Map.of("layout", "keras"), 7));
    assertThat(ParameterLayout.of(keras).trainableParameters()).isEqualTo(25_583_592);
    assertThat(stride(keras, "stage2-block1-conv1")).isEqualTo(2);
    assertThat(stride(keras, "stage2-block1-conv2")).isEqualTo(1);
    assertThat(norm(keras, "stage1-block1-bn1").getEps()).isEqualTo(1.001e-5);
    assertThat(norm(keras, "stem-bn").getDecay()).isEqualTo(0.99);
    ComputationGraph graph = new ComputationGraph(keras);
    graph.init();
    assertThat(graph.outputSingle(Nd4j.rand(DataType.FLOAT, 1, 3, 64, 64)).shape())
        .containsExactly(1, 1000);
  }

  private static int stride(ComputationGraphConfiguration configuration, String vertex) {
    return ((ConvolutionLayer) layer(configuration, vertex)).getStride()[0];
  }

  private static BatchNormalization norm(
      ComputationGraphConfiguration configuration, String vertex) {
    return (BatchNormalization) layer(configuration, vertex);
  }

  private static Layer layer(ComputationGraphConfiguration configuration, String vertex) {
    return ((LayerVertex) configuration.getVertices().get(vertex)).getLayerConf().getLayer();
  }

  @Test
  void startsBlocksAsIdentityOnRequest() {
    ComputationGraph graph =
        new ComputationGraph(
            ModelRegistry.configuration(
                ModelSpecs.classification("resnet18", 32, Map.of("zero-init-residual", true))));
    graph.init();
    assertThat(gamma(graph, "stage2-block1-bn2")).isZero();
    assertThat(gamma(graph, "stage2-block1-bn1")).isEqualTo(1);
    assertThat(gamma(graph, "stage2-block1-shortcut-bn")).isEqualTo(1);

    INDArray input = Nd4j.randn(DataType.FLOAT, 1, 3, 32, 32);
    Map<String, INDArray> activations = graph.feedForward(input, false);
    assertThat(activations.get("stage1-block2-relu")).isEqualTo(activations.get("stem-pool"));
  }

  private static float gamma(ComputationGraph graph, String vertex) {
    return graph.getParam(vertex + "_gamma").amaxNumber().floatValue();
  }

  @Test
  void takesOptionsAsWordsOrBooleans() {
    assertThat(json(Map.of("zero-init-residual", "true")))
        .isEqualTo(json(Map.of("zero-init-residual", true)))
        .isNotEqualTo(json(Map.of()));
  }

  @Test
  void usesDefaultsForOptionsNotGiven() {
    assertThat(json(Map.of("stem", "imagenet", "zero-init-residual", false)))
        .isEqualTo(json(Map.of()))
        .isNotEqualTo(json(Map.of("stem", "small")));
  }

  private static String json(Map<String, Object> options) {
    return ModelRegistry.configuration(ModelSpecs.classification("resnet18", 64, options)).toJson();
  }
}
