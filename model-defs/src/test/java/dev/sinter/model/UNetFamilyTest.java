package dev.sinter.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sinter.model.layer.ChannelGate;
import dev.sinter.model.layer.GroupNormalization;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.CnnLossLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class UNetFamilyTest {
  private static ModelSpec spec(String name, Map<String, Object> options) {
    Map<String, Object> all = new HashMap<>(Map.of("width", 4, "depth", 2));
    all.putAll(options);
    return spec(name, all, 1, 3);
  }

  private static ModelSpec spec(
      String name, Map<String, Object> options, int channels, int classes) {
    InputShape input =
        ModelRegistry.card(name).inputShape().kind() == InputShape.Kind.VOLUME
            ? InputShape.volume(channels, 8, 16, 8)
            : InputShape.image(channels, 32, 16);
    return new ModelSpec(name, input, classes, "cross-entropy", options, 7);
  }

  private static ComputationGraphConfiguration configuration(
      String name, Map<String, Object> options) {
    return ModelRegistry.configuration(spec(name, options));
  }

  private static long parameters(String name, Map<String, Object> options) {
    return ParameterLayout.of(configuration(name, options)).trainableParameters();
  }

  static Stream<Arguments> options() {
    return ModelRegistry.names().stream()
        .filter(name -> name.startsWith("unet"))
        .flatMap(
            name ->
                ModelRegistry.card(name).options().stream()
                    .flatMap(
                        option -> otherValues(option).map(v -> Arguments.of(name, option, v))));
  }

  /** Every legal word; a number other than the one of the test, or than the default. */
  private static Stream<Object> otherValues(ModelOption option) {
    return switch (option.name()) {
      case "depth" -> Stream.of(1, 3);
      case "width" -> Stream.of(2, 5);
      case "dropout" -> Stream.of(0.5);
      default ->
          option instanceof ModelOption.Choice choice
              ? choice.choices().stream()
                  .filter(word -> !word.equals(choice.defaultValue()))
                  .map(word -> word)
              : Stream.of((Integer) option.defaultValue() + 1);
    };
  }

  @ParameterizedTest
  @MethodSource("options")
  void everyOptionChangesTheNetwork(String name, ModelOption option, Object value) {
    String changed = configuration(name, Map.of(option.name(), value)).toJson();
    assertThat(changed).isNotEqualTo(configuration(name, Map.of()).toJson());
    assertThat(ComputationGraphConfiguration.fromJson(changed).toJson()).isEqualTo(changed);
  }

  /** The paper's total, which counts one number for each output of a normalised convolution. */
  @Test
  void volumesHaveThePublishedCount() {
    assertThat(
            ParameterLayout.of(ModelRegistry.configuration(unet3d("none"))).trainableParameters())
        .isEqualTo(19_069_955);
    long normalised = 32 + 64 + 64 + 128 + 128 + 256 + 256 + 512 + 2 * (256 + 128 + 64);
    assertThat(ModelRegistry.card("unet3d").parameters()).isEqualTo(19_069_955 + normalised);
  }

  private static ModelSpec unet3d(String norm) {
    return spec("unet3d", Map.of("norm", norm), 3, 3);
  }

  /** Counted from the blocks by hand. */
  @ParameterizedTest
  @CsvSource({
    "unet-attention, 32081990",
    "unet-dense, 3457410",
    "unet-no-skips, 27903106",
    "unet-residual, 7529794",
  })
  void hasTheCountOfItsBlocks(String name, long parameters) {
    assertThat(ModelRegistry.card(name).parameters()).isEqualTo(parameters);
  }

  /** The paper says 3.5 million, for 12 classes (CamVid and void) and colour images. */
  @Test
  void denseNetworkHasThePublishedCount() {
    ModelSpec spec = new ModelSpec("unet-dense", 3, 224, 224, 12, "cross-entropy", Map.of(), 1);
    double millions =
        ParameterLayout.of(ModelRegistry.configuration(spec)).trainableParameters() / 1e6;
    assertThat(millions).isCloseTo(3.5, within(0.05));
  }

  @Test
  void residualNetworkHasTheCountOfItsUnits() {
    long sum = 0;
    long inputs = 1;
    for (int level = 1; level <= 3; level++) {
      sum += residual(inputs, 4L << (level - 1), level > 1);
      inputs = 4L << (level - 1);
    }
    for (int level = 2; level >= 1; level--) {
      long c = 4L << (level - 1);
      sum += 2 * c * c + c; // 1x1 convolution of what comes from below
      sum += residual(2 * c, c, true);
    }
    assertThat(parameters("unet-residual", Map.of())).isEqualTo(sum + 4 * 3 + 3);
  }

  private static long residual(long inputs, long channels, boolean startsNormalised) {
    long norms = 2 * channels + 2 * channels + (startsNormalised ? 2 * inputs : 0);
    return 9 * inputs * channels + 9 * channels * channels + inputs * channels + norms;
  }

  @Test
  void gatesCostTheirConvolutions() {
    long gates = 0;
    for (long c : List.of(8, 4)) {
      long inner = c / 2;
      gates += 4 * c * inner + (2 * c * inner + inner) + (inner + 1);
    }
    assertThat(parameters("unet-attention", Map.of()) - parameters("unet", Map.of()))
        .isEqualTo(gates);
  }

  @Test
  void withoutSkipsNothingOfTheWayDownReachesTheWayUp() {
    ComputationGraphConfiguration configuration = configuration("unet-no-skips", Map.of());
    assertThat(configuration.getVertices().keySet()).noneMatch(name -> name.endsWith("-skip"));
    configuration
        .getVertexInputs()
        .forEach(
            (vertex, inputs) -> {
              if (vertex.startsWith("decoder")) {
                assertThat(inputs).noneMatch(input -> input.startsWith("encoder"));
              }
            });
    long saved = 9 * (8 * 8 + 4 * 4); // each level reads half the channels
    assertThat(parameters("unet-no-skips", Map.of()))
        .isEqualTo(parameters("unet", Map.of()) - saved);
  }

  @Test
  void residualBlocksHalveInsteadOfPooling() {
    ComputationGraphConfiguration configuration = configuration("unet-residual", Map.of());
    assertThat(configuration.getVertices().keySet()).noneMatch(name -> name.endsWith("-pool"));
    assertThat(configuration.getVertices()).containsKeys("encoder2-add", "bottom-shortcut-conv");
    assertThat(configuration.getVertices()).doesNotContainKeys("encoder1-bn1");
    LayerTable table = LayerTable.of(configuration, InputShape.image(1, 32, 16));
    assertThat(table.row("bottom-add").outputShape()).containsExactly(16L, 8L, 4L);
  }

  @ParameterizedTest
  @CsvSource({"instance, 4, 4", "group, 4, 2", "group, 6, 3", "group, 128, 32", "group, 1, 1"})
  void normalisesOverGroups(String norm, int width, int groups) {
    ComputationGraphConfiguration configuration =
        configuration("unet", Map.of("norm", norm, "width", width));
    String vertex = norm.equals("group") ? "encoder1-gn1" : "encoder1-in1";
    Layer layer = ((LayerVertex) configuration.getVertices().get(vertex)).getLayerConf().getLayer();
    assertThat(((GroupNormalization) layer).getGroups()).isEqualTo(groups);
    assertThat(parameters("unet", Map.of("norm", norm))).isEqualTo(parameters("unet", Map.of()));
  }

  @Test
  void supervisesEveryLevelWithHalfTheWeight() {
    ComputationGraphConfiguration configuration =
        configuration("unet", Map.of("depth", 3, "deep-supervision", "true"));
    assertThat(configuration.getNetworkOutputs())
        .containsExactly("output", "decoder3-output", "decoder2-output");
    LayerTable table = LayerTable.of(configuration, InputShape.image(1, 32, 16));
    Map<String, Double> expected =
        Map.of("output", 4 / 7.0, "decoder2-output", 2 / 7.0, "decoder3-output", 1 / 7.0);
    expected.forEach(
        (output, weight) -> {
          assertThat(table.row(output).outputShape()).containsExactly(3L, 32L, 16L);
          LayerVertex vertex = (LayerVertex) configuration.getVertices().get(output);
          CnnLossLayer layer = (CnnLossLayer) vertex.getLayerConf().getLayer();
          assertThat(((WeightedLoss) layer.getLossFn()).getWeight())
              .isCloseTo(weight, within(1e-12));
        });
  }

  @Test
  void dropsOutBehindTheBottomOrInEveryDenseLayer() {
    assertThat(configuration("unet", Map.of("dropout", 0.5)).getVertexInputs())
        .containsEntry("decoder2-upconv", List.of("bottom-dropout"))
        .containsEntry("bottom-dropout", List.of("bottom-relu2"));
    assertThat(configuration("unet", Map.of()).getVertices()).doesNotContainKey("bottom-dropout");
    assertThat(configuration("unet-dense", Map.of()).getVertices())
        .containsKeys("encoder1-layer1-dropout", "encoder1-transition-dropout");
    assertThat(configuration("unet-dense", Map.of("dropout", 0)).getVertices().keySet())
        .noneMatch(name -> name.endsWith("-dropout"));
  }

  /** Against the definition: pixels are areas, and the border goes on outside. */
  @Test
  void interpolatesLinearly() {
    ComputationGraph graph = built("unet", Map.of("up", "interpolation"));
    INDArray input = Nd4j.randn(DataType.FLOAT, 1, 1, 32, 16);
    Map<String, INDArray> activations = graph.feedForward(input, false);
    INDArray low = activations.get("decoder1-up-conv");
    INDArray high = activations.get("decoder1-up-mean2");
    assertThat(high.shape()).containsExactly(1, 4, 32, 16);
    for (int y = 0; y < 32; y++) {
      for (int x = 0; x < 16; x++) {
        assertThat(high.getDouble(0, 2, y, x)).isCloseTo(bilinear(low, 2, y, x), within(1e-5));
      }
    }
  }

  private static double bilinear(INDArray low, int channel, int y, int x) {
    double sum = 0;
    for (int dy = 0; dy <= 1; dy++) {
      for (int dx = 0; dx <= 1; dx++) {
        double row = (y + 0.5) / 2 - 0.5;
        double column = (x + 0.5) / 2 - 0.5;
        int top = (int) Math.floor(row);
        int left = (int) Math.floor(column);
        double weight =
            (dy == 0 ? 1 - row + top : row - top) * (dx == 0 ? 1 - column + left : column - left);
        int clampedRow = clamp(top + dy, low.size(2));
        int clampedColumn = clamp(left + dx, low.size(3));
        sum += weight * low.getDouble(0, channel, clampedRow, clampedColumn);
      }
    }
    return sum;
  }

  private static int clamp(int index, long size) {
    return Math.max(0, Math.min(index, (int) size - 1));
  }

  @Test
  void gatesSkipsByPosition() {
    ComputationGraph graph = built("unet-attention", Map.of());
    Map<String, INDArray> activations =
        graph.feedForward(Nd4j.randn(DataType.FLOAT, 2, 1, 32, 16), false);
    INDArray factors = activations.get("decoder1-gate-up-mean2");
    assertThat(factors.shape()).containsExactly(2, 1, 32, 16);
    assertThat(factors.minNumber().doubleValue()).isGreaterThan(0);
    assertThat(factors.maxNumber().doubleValue()).isLessThan(1);
    INDArray skip = activations.get("encoder1-relu2");
    INDArray gated = activations.get("decoder1-gate");
    for (int channel = 0; channel < 4; channel++) {
      assertThat(gated.getDouble(1, channel, 7, 5))
          .isCloseTo(
              skip.getDouble(1, channel, 7, 5) * factors.getDouble(1, 0, 7, 5), within(1e-6));
    }
    assertThat(new ChannelGate()).isEqualTo(new ChannelGate().clone());
  }

  private static ComputationGraph built(String name, Map<String, Object> options) {
    ComputationGraph graph = new ComputationGraph(configuration(name, options));
    graph.init();
    return graph;
  }
}
