package dev.sinter.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DenseNetsTest {

  /** As torch gives them: padded odd sizes are rounded up, those of a transition down. */
  @ParameterizedTest
  @CsvSource({
    "densenet121, imagenet, 3, 224, 224, 64x56x56, 128x28x28, 1024x7x7",
    "densenet121, imagenet, 1, 64, 96, 64x16x24, 128x8x12, 1024x2x3",
    "densenet121, imagenet, 4, 225, 229, 64x57x58, 128x28x29, 1024x7x7",
    "densenet121, imagenet, 1, 29, 29, 64x8x8, 128x4x4, 1024x1x1",
    "densenet121, small, 1, 28, 28, 64x28x28, 128x14x14, 1024x3x3",
    "densenet121, small, 1, 8, 8, 64x8x8, 128x4x4, 1024x1x1",
    "densenet161, imagenet, 3, 224, 224, 96x56x56, 192x28x28, 2208x7x7",
    "densenet169, small, 3, 32, 32, 64x32x32, 128x16x16, 1664x4x4",
    "densenet201, imagenet, 3, 64, 64, 64x16x16, 128x8x8, 1920x2x2",
  })
  void hasShapes(
      String name,
      String stem,
      int channels,
      int height,
      int width,
      String first,
      String transition,
      String last) {
    ModelSpec spec =
        new ModelSpec(name, channels, height, width, 6, "cross-entropy", Map.of("stem", stem), 1);
    LayerTable table = LayerTable.of(ModelRegistry.configuration(spec), channels, height, width);
    assertThat(shape(table, stem.equals("imagenet") ? "stem-pool" : "stem-relu")).isEqualTo(first);
    assertThat(shape(table, "transition1-pool")).isEqualTo(transition);
    assertThat(shape(table, "final-relu")).isEqualTo(last);
    assertThat(shape(table, "head")).isEqualTo("6");
  }

  @Test
  void growsByEachLayer() {
    LayerTable table = LayerTable.of(densenet121(), 3, 64, 64);
    assertThat(shape(table, "stage1-layer1-conv1")).isEqualTo("128x16x16");
    assertThat(shape(table, "stage1-layer1-conv2")).isEqualTo("32x16x16");
    assertThat(shape(table, "stage1-layer1-concat")).isEqualTo("96x16x16");
    assertThat(shape(table, "stage1-layer6-concat")).isEqualTo("256x16x16");
    assertThat(shape(table, "transition1-conv")).isEqualTo("128x16x16");
  }

  @Test
  void namesVerticesByStageAndLayer() {
    ComputationGraphConfiguration configuration = densenet121();
    assertThat(configuration.getVertices())
        .containsKeys("stem-conv", "stem-bn", "stem-relu", "stem-pool", "stage1-layer3-conv2")
        .containsKeys("transition3-bn", "transition3-relu", "transition3-conv", "transition3-pool")
        .containsKeys("stage4-layer16-concat", "final-bn", "final-relu", "pool", "head")
        .doesNotContainKeys("stage4-layer17-conv1", "transition4-bn");
    // 7 in each of 58 layers, 4 in each of 3 transitions, 4 in the stem, 4 at the end.
    assertThat(configuration.getVertices()).hasSize(7 * 58 + 4 * 3 + 4 + 4);
  }

  /** torchvision's order: the input's channels before the layer's own, so that weights fit. */
  @Test
  void placesALayersFeaturesBehindItsInput() {
    Map<String, List<String>> inputs = densenet121().getVertexInputs();
    assertThat(inputs.get("stage2-layer1-concat"))
        .isEqualTo(List.of("transition1-pool", "stage2-layer1-conv2"));
    assertThat(inputs.get("stage2-layer2-concat"))
        .isEqualTo(List.of("stage2-layer1-concat", "stage2-layer2-conv2"));
    assertThat(inputs.get("stage2-layer2-bn1")).isEqualTo(List.of("stage2-layer1-concat"));
    assertThat(inputs.get("transition2-bn")).isEqualTo(List.of("stage2-layer12-concat"));
  }

  private static ComputationGraphConfiguration densenet121() {
    return ModelRegistry.configuration(ModelSpecs.classification("densenet121", 64, Map.of()));
  }

  private static String shape(LayerTable table, String vertex) {
    return String.join("x", table.row(vertex).outputShape().stream().map(String::valueOf).toList());
  }
}
