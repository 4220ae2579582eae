package dev.sinter.model.pretrained.keras;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.error.SinterException;
import dev.sinter.model.ModelRegistry;
import dev.sinter.model.ModelSpec;
import dev.sinter.model.ParameterLayout;
import dev.sinter.model.ParameterTensor;
import dev.sinter.model.pretrained.ImportPlan;
import dev.sinter.model.pretrained.PretrainedStart;
import dev.sinter.model.pretrained.TensorForm;
import dev.sinter.model.pretrained.TensorNames;
import dev.sinter.model.pretrained.WeightFile;
import dev.sinter.model.pretrained.WeightTensor;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.junit.jupiter.api.Test;

class KerasApplicationNamesTest {

  @Test
  void namesResnets() {
    WeightFile file = fits("resnet50", "resnet", Map.of("layout", "keras"));
    assertShape(file, "conv1_conv/kernel", "7x7x3x64");
    assertShape(file, "conv1_conv/bias", "64");
    assertShape(file, "conv1_bn/moving_variance", "64");
    assertShape(file, "conv2_block1_0_conv/kernel", "1x1x64x256");
    assertShape(file, "conv3_block4_2_conv/kernel", "3x3x128x128");
    assertShape(file, "conv5_block3_3_bn/gamma", "2048");
    assertShape(file, "predictions/kernel", "2048x3");
    assertThat(file.tensors()).hasSize(320); // 53 convolutions, 53 normalisations, a dense layer
  }

  @Test
  void namesDensenets() {
    WeightFile file = fits("densenet121", "densenet", Map.of("layout", "keras"));
    assertShape(file, "conv1/conv/kernel", "7x7x3x64");
    assertShape(file, "conv1/bn/beta", "64");
    assertShape(file, "conv2_block1_0_bn/gamma", "64");
    assertShape(file, "conv2_block1_1_conv/kernel", "1x1x64x128");
    assertShape(file, "conv5_block16_1_bn/moving_mean", "128");
    assertShape(file, "conv5_block16_2_conv/kernel", "3x3x128x32");
    assertShape(file, "pool4_conv/kernel", "1x1x1024x512");
    assertShape(file, "bn/gamma", "1024");
    assertShape(file, "predictions/bias", "3");
  }

  /** Numbers that begin anywhere, and are not sorted as texts: 99 is before 100. */
  @Test
  void numbersInceptions() {
    Map<String, Object> options = Map.of("layout", "keras", "auxiliary-head", "false");
    ComputationGraphConfiguration configuration =
        ModelRegistry.configuration(
            new ModelSpec("inception-v3", 3, 75, 75, 3, "cross-entropy", options, 1));
    List<WeightTensor> tensors = new ArrayList<>();
    TensorNames zeroBased =
        KerasApplicationNames.of("inception", new WeightFile("empty", Map.of())).orElseThrow();
    for (ParameterTensor tensor : ParameterLayout.of(configuration).tensors()) {
      LayerVertex vertex = (LayerVertex) configuration.getVertices().get(tensor.vertex());
      TensorForm form = zeroBased.of(tensor, vertex.getLayerConf().getLayer()).orElseThrow();
      Matcher number = Pattern.compile("_(\\d+)/").matcher(form.name());
      String name =
          number.find()
              ? number.replaceFirst("_" + (Integer.parseInt(number.group(1)) + 95) + "/")
              : form.name();
      tensors.add(WeightTensor.filled(name, form.shape(), 1));
    }
    WeightFile file = WeightFile.of("keras", tensors);
    assertShape(file, "conv2d_95/kernel", "3x3x3x32");
    assertShape(file, "conv2d_188/kernel", "1x1x2048x192");
    assertShape(file, "predictions/kernel", "2048x3");
    assertThat(PretrainedStart.fit("inception-v3", "inception", configuration, file).report())
        .satisfies(
            report -> {
              assertThat(report.random()).isEmpty();
              assertThat(report.unused()).isEmpty();
              assertThat(report.loaded()).hasSize(94 * 5 + 2);
            });
  }

  @Test
  void namesVggs() {
    WeightFile file = fits("vgg19", "vgg", Map.of("grid", 2, "hidden", 5));
    assertShape(file, "block1_conv1/kernel", "3x3x3x64");
    assertShape(file, "block5_conv4/bias", "512");
    assertShape(file, "fc1/kernel", "2048x5");
    // Row (y * 2 + x) * 512 + c of Keras is column c * 4 + y * 2 + x of DL4J's flattened image.
    ComputationGraphConfiguration configuration = network("vgg19", Map.of("grid", 2, "hidden", 5));
    FloatBuffer parameters = FloatBuffer.allocate((int) ParameterLayout.of(configuration).length());
    PretrainedStart.fit("vgg19", "vgg", configuration, file).writeTo(parameters);
    ParameterTensor dense =
        ParameterLayout.of(configuration).ofVertex("fc1").stream()
            .filter(tensor -> tensor.key().equals("W"))
            .findFirst()
            .orElseThrow();
    int unit = 3;
    int column = 7 * 4 + 1 * 2 + 0;
    int row = (1 * 2 + 0) * 512 + 7;
    assertThat(parameters.get((int) dense.offset() + column + unit * 2048))
        .isEqualTo(file.tensors().get("fc1/kernel").floats()[row * 5 + unit]);
  }

  @Test
  void refusesTheTorchvisionLayout() {
    WeightFile keras = fits("resnet50", "resnet", Map.of("layout", "keras"));
    assertThatThrownBy(
            () -> PretrainedStart.fit("resnet50", "resnet", network("resnet50", Map.of()), keras))
        .isInstanceOfSatisfying(
            SinterException.class,
            e -> assertThat(e.code()).isEqualTo("WEIGHTS_OF_ANOTHER_NETWORK"));
  }

  private static void assertShape(WeightFile file, String name, String shape) {
    assertThat(file.tensors()).containsKey(name);
    assertThat(file.tensors().get(name).shapeText()).isEqualTo(shape);
  }

  /** A file in Keras' naming, after it was loaded to the same bits. */
  private static WeightFile fits(String model, String family, Map<String, Object> options) {
    ComputationGraphConfiguration configuration = network(model, options);
    ParameterLayout layout = ParameterLayout.of(configuration);
    float[] values = new float[(int) layout.length()];
    Random random = new Random(7);
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat() - 0.5f;
    }
    TensorNames names =
        KerasApplicationNames.of(family, new WeightFile("empty", Map.of())).orElseThrow();
    List<WeightTensor> tensors = new ArrayList<>();
    for (ParameterTensor tensor : layout.tensors()) {
      LayerVertex vertex = (LayerVertex) configuration.getVertices().get(tensor.vertex());
      TensorForm form = names.of(tensor, vertex.getLayerConf().getLayer()).orElseThrow();
      FloatBuffer part =
          FloatBuffer.wrap(values).slice((int) tensor.offset(), (int) tensor.length());
      tensors.add(WeightTensor.of(form.name(), form.shape(), form.toFile(part)));
    }
    WeightFile file = WeightFile.of("keras", tensors);
    ImportPlan plan = PretrainedStart.fit(model, family, configuration, file);
    FloatBuffer loaded = FloatBuffer.allocate(values.length);
    plan.writeTo(loaded);
    assertThat(loaded.array()).isEqualTo(values);
    assertThat(plan.report().random()).isEmpty();
    assertThat(plan.report().unused()).isEmpty();
    return file;
  }

  private static ComputationGraphConfiguration network(String name, Map<String, Object> options) {
    return ModelRegistry.configuration(
        new ModelSpec(name, 3, 64, 64, 3, "cross-entropy", options, 1));
  }
}
