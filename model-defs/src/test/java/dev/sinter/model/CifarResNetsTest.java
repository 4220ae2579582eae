package dev.sinter.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Locale;
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

class CifarResNetsTest {

  /** The last column is table 6 of the paper, in millions. */
  @ParameterizedTest
  @CsvSource({
    "resnet20, 3, 269722, 0.27",
    "resnet32, 5, 464154, 0.46",
    "resnet44, 7, 658586, 0.66",
    "resnet56, 9, 853018, 0.85",
    "resnet110, 18, 1727962, 1.7",
    "plain20, 3, 269722, 0.27",
    "plain56, 9, 853018, 0.85",
  })
  void hasThePublishedParameters(String name, int blocks, long parameters, String millions) {
    ModelCard card = ModelRegistry.card(name);
    assertThat(card.parameters()).isEqualTo(parameters).isEqualTo(parameters(blocks));
    int decimals = millions.length() - millions.indexOf('.') - 1;
    assertThat(String.format(Locale.ROOT, "%." + decimals + "f", parameters / 1e6))
        .isEqualTo(millions);
    assertThat(card.multiplyAdds()).isEqualTo(multiplyAdds(blocks));
  }

  private static long parameters(int blocks) {
    long stem = 3 * 16 * 9 + 2 * 16;
    long stages = 0;
    for (long width : List.of(16, 32, 64)) {
      stages += 2L * blocks * (width * width * 9 + 2 * width);
    }
    long narrowerInputs = (32 * 16 + 64 * 32) * 9;
    return stem + stages - narrowerInputs + 64 * 10 + 10;
  }

  private static long multiplyAdds(int blocks) {
    long stem = 3 * 16 * 9 * 32 * 32;
    // Each stage has four times the weights per pixel and a quarter of the pixels.
    long stages = 3L * 2 * blocks * 16 * 16 * 9 * 32 * 32;
    long narrowerInputs = 2L * 16 * 16 * 9 * 32 * 32 / 2;
    return stem + stages - narrowerInputs + 64 * 10;
  }

  @ParameterizedTest
  @CsvSource({
    "resnet20, 3, 32, 32, 16x32x32, 32x16x16, 64x8x8",
    "resnet56, 1, 33, 31, 16x33x31, 32x17x16, 64x9x8",
    "resnet110, 1, 8, 8, 16x8x8, 32x4x4, 64x2x2",
    "plain20, 2, 28, 30, 16x28x30, 32x14x15, 64x7x8",
  })
  void hasShapes(
      String name, int channels, int height, int width, String one, String two, String three) {
    ModelSpec spec = new ModelSpec(name, channels, height, width, 6, "cross-entropy", Map.of(), 1);
    LayerTable table = LayerTable.of(ModelRegistry.configuration(spec), channels, height, width);
    assertThat(shape(table, "stage1-block3-relu")).isEqualTo(one);
    assertThat(shape(table, "stage2-block3-relu")).isEqualTo(two);
    assertThat(shape(table, "stage3-block3-relu")).isEqualTo(three);
    assertThat(shape(table, "head")).isEqualTo("6");
  }

  private static String shape(LayerTable table, String vertex) {
    return String.join("x", table.row(vertex).outputShape().stream().map(String::valueOf).toList());
  }

  @Test
  void leavesPixelsOutAndAddsZeroChannelsWhereItCannotAddTheInput() {
    ComputationGraph graph = built("resnet20", Map.of());
    Map<String, INDArray> activations =
        graph.feedForward(Nd4j.rand(DataType.FLOAT, 2, 3, 13, 16), false);
    INDArray before = activations.get("stage1-block3-relu");
    INDArray shortcut = activations.get("stage2-block1-shortcut-pad");
    assertThat(shortcut.shape()).containsExactly(2, 32, 7, 8);
    assertThat(channels(shortcut, 0, 16))
        .isEqualTo(
            before.get(
                NDArrayIndex.all(),
                NDArrayIndex.all(),
                NDArrayIndex.interval(0, 2, 13),
                NDArrayIndex.interval(0, 2, 16)));
    assertThat(channels(shortcut, 0, 16).amaxNumber().doubleValue()).isPositive();
    assertThat(channels(shortcut, 16, 32).amaxNumber().doubleValue()).isZero();
  }

  private static INDArray channels(INDArray images, int from, int to) {
    return images.get(
        NDArrayIndex.all(),
        NDArrayIndex.interval(from, to),
        NDArrayIndex.all(),
        NDArrayIndex.all());
  }

  @Test
  void projectsOnRequest() {
    ComputationGraphConfiguration configuration =
        configuration("resnet20", Map.of("shortcut", "projection"));
    long projections = (16 * 32 + 2 * 32) + (32 * 64 + 2 * 64);
    assertThat(ParameterLayout.of(configuration).trainableParameters())
        .isEqualTo(
            ParameterLayout.of(configuration("resnet20", Map.of())).trainableParameters()
                + projections);
    assertThat(configuration.getVertexInputs().get("stage3-block1-add"))
        .isEqualTo(List.of("stage3-block1-bn2", "stage3-block1-shortcut-bn"));
    assertThat(configuration.getVertexInputs().get("stage3-block2-add"))
        .isEqualTo(List.of("stage3-block2-bn2", "stage3-block1-relu"));
  }

  @Test
  void startsBlocksAsIdentityOnRequest() {
    ComputationGraph graph = built("resnet32", Map.of("zero-init-residual", true));
    INDArray input = Nd4j.randn(DataType.FLOAT, 1, 3, 16, 16);
    Map<String, INDArray> activations = graph.feedForward(input, false);
    assertThat(activations.get("stage1-block5-relu")).isEqualTo(activations.get("stem-relu"));
    Map<String, INDArray> usual = built("resnet32", Map.of()).feedForward(input, false);
    assertThat(usual.get("stage1-block5-relu")).isNotEqualTo(usual.get("stem-relu"));
  }

  @Test
  void plainNetworkLacksTheShortcutsAlone() {
    Map<String, List<String>> plain = configuration("plain20", Map.of()).getVertexInputs();
    Map<String, List<String>> residual = configuration("resnet20", Map.of()).getVertexInputs();
    assertThat(plain.keySet()).noneMatch(name -> name.endsWith("-add"));
    assertThat(plain.get("stage2-block1-relu")).isEqualTo(List.of("stage2-block1-bn2"));
    assertThat(residual.keySet()).containsAll(plain.keySet());
    assertThat(
            residual.keySet().stream()
                .filter(name -> !plain.containsKey(name))
                .filter(name -> !name.endsWith("-add") && !name.contains("-shortcut-")))
        .isEmpty();
  }

  private static ComputationGraph built(String name, Map<String, Object> options) {
    ComputationGraph graph = new ComputationGraph(configuration(name, options));
    graph.init();
    return graph;
  }

  private static ComputationGraphConfiguration configuration(
      String name, Map<String, Object> options) {
    return ModelRegistry.configuration(ModelSpecs.classification(name, 16, options));
  }
}
