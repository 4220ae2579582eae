package dev.sinter.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UNetsTest {

  @Test
  void hasTheDefaultCount() {
    assertThat(formula(1, 2, 4, 64, true)).isEqualTo(31_036_546);
    assertThat(ModelRegistry.card("unet").parameters()).isEqualTo(31_036_546);
  }

  @ParameterizedTest
  @CsvSource({
    "1, 2, 4, 64, batch",
    "3, 5, 4, 64, none",
    "1, 2, 1, 1, batch",
    "4, 3, 6, 8, none",
    "2, 2, 3, 32, batch",
  })
  void hasTheCountOfTheFormula(int channels, int classes, int depth, int width, String norm) {
    Map<String, Object> options = Map.of("depth", depth, "width", width, "norm", norm);
    ModelSpec spec = new ModelSpec("unet", channels, 64, 128, classes, "cross-entropy", options, 1);
    ComputationGraphConfiguration configuration = ModelRegistry.configuration(spec);
    assertThat(ParameterLayout.of(configuration).trainableParameters())
        .isEqualTo(formula(channels, classes, depth, width, norm.equals("batch")));
    assertThat(LayerTable.of(configuration, channels, 64, 128).row("output").outputShape())
        .isEqualTo(List.of((long) classes, 64L, 128L));
  }

  /** Trainable parameters, level by level. */
  private static long formula(int channels, int classes, int depth, long width, boolean norm) {
    // A 3x3 convolution has a bias, or instead of it gamma and beta.
    long perOutput = norm ? 2 : 1;
    long sum = 0;
    for (int level = 0; level <= depth; level++) {
      long c = width << level;
      long inputs = level == 0 ? channels : c / 2;
      sum += 9 * inputs * c + 9 * c * c + 2 * perOutput * c; // contracting path and bottom
      if (level < depth) {
        sum += 4 * 2 * c * c + c; // up-convolution from 2c to c, with bias
        sum += 9 * 2 * c * c + 9 * c * c + 2 * perOutput * c; // expanding path, after the skip
      }
    }
    return sum + width * classes + classes;
  }

  @Test
  void countsMultiplyAdds() {
    long sum = 0;
    for (int level = 0; level <= 4; level++) {
      long c = 64L << level;
      long pixels = (256L >> level) * (256L >> level);
      sum += pixels * 9 * ((level == 0 ? 1 : c / 2) * c + c * c);
      if (level < 4) {
        // A 2x2 kernel with stride 2 is applied to a quarter of the pixels, once each.
        sum += pixels / 4 * 4 * 2 * c * c + pixels * 9 * (2 * c * c + c * c);
      }
    }
    assertThat(ModelRegistry.card("unet").multiplyAdds()).isEqualTo(sum + 256 * 256 * 64 * 2);
  }

  @Test
  void namesVerticesByLevel() {
    ComputationGraphConfiguration configuration =
        ModelRegistry.configuration(ModelSpecs.segmentation(16, Map.of("depth", 2, "width", 2)));
    assertThat(configuration.getVertices())
        .containsKeys("encoder1-conv1", "encoder1-bn1", "encoder1-relu2", "encoder2-pool")
        .containsKeys("bottom-conv2", "decoder2-upconv", "decoder1-conv1", "head", "output")
        .doesNotContainKeys("encoder3-conv1", "decoder3-upconv");
    assertThat(configuration.getVertexInputs().get("decoder2-skip"))
        .isEqualTo(List.of("encoder2-relu2", "decoder2-upconv"));
    assertThat(configuration.getVertexInputs().get("decoder1-skip"))
        .isEqualTo(List.of("encoder1-relu2", "decoder1-upconv"));
  }

  @Test
  void hasNoBatchNormOnRequest() {
    ComputationGraphConfiguration configuration =
        ModelRegistry.configuration(ModelSpecs.segmentation(16, Map.of("norm", "none")));
    assertThat(configuration.getVertices().keySet()).noneMatch(name -> name.contains("-bn"));
    assertThat(ParameterLayout.of(configuration).ofVertex("encoder1-conv1"))
        .extracting(ParameterTensor::key)
        .containsExactly("b", "W");
  }

  @Test
  void takesNumbersAsWordsToo() {
    assertThat(json(Map.of("depth", "2", "width", "8")))
        .isEqualTo(json(Map.of("depth", 2, "width", 8)))
        .isNotEqualTo(json(Map.of("depth", 2)))
        .isNotEqualTo(json(Map.of("width", 8)));
    assertThat(json(Map.of("depth", 4, "width", 64, "norm", "batch"))).isEqualTo(json(Map.of()));
  }

  /** Saved checkpoints hold these bytes: a change of them is a change of the network. */
  @ParameterizedTest
  @CsvSource({
    "64, 4, 64, batch, e84430b0c68b34b17b315a90809b131d430a2b9ed71f264b69818143ac82a3e6",
    "16, 2, 4, none, c93dc6effc46f8e2d5195cc167761c6f7fb1a97cda34829fc519977c86300d41",
  })
  void keepsItsBytes(int size, int depth, int width, String norm, String sha256) throws Exception {
    String json = json(size, Map.of("depth", depth, "width", width, "norm", norm));
    byte[] digest =
        MessageDigest.getInstance("SHA-256").digest(json.getBytes(StandardCharsets.UTF_8));
    assertThat(HexFormat.of().formatHex(digest)).isEqualTo(sha256);
  }

  private static String json(int size, Map<String, Object> options) {
    return ModelRegistry.configuration(ModelSpecs.segmentation(size, options)).toJson();
  }

  private static String json(Map<String, Object> options) {
    return ModelRegistry.configuration(ModelSpecs.segmentation(64, options)).toJson();
  }
}
