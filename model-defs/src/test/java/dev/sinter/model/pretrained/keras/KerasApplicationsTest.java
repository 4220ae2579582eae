package dev.sinter.model.pretrained.keras;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.error.SinterException;
import dev.sinter.model.ModelRegistry;
import dev.sinter.model.ModelSpec;
import dev.sinter.model.ParameterLayout;
import dev.sinter.model.pretrained.GenericNetwork;
import dev.sinter.model.pretrained.ImportPlan;
import dev.sinter.model.pretrained.PretrainedStart;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A registered network with the weights of keras-applications' computes what the file's own
 * description says.
 */
class KerasApplicationsTest {
  private static final int CLASSES = 5;

  @TempDir private Path folder;

  @Test
  void inceptionIsKeras() {
    KerasModelWriter keras = new KerasModelWriter();
    Path file = folder.resolve("inception.h5");
    String output = inception(keras, 107);
    keras.saveWeights(file);

    ImportPlan plan =
        assertSame(
            described(keras, output, file),
            "inception-v3",
            "inception",
            107,
            Map.of("auxiliary-head", "false"));

    // Every normalisation of Keras' lacks the scale.
    assertThat(plan.report().adapted())
        .hasSize(94)
        .allMatch(
            line -> line.endsWith("-bn/gamma: 1, since the file's normalisation has no scale"));
    assertThat(plan.report().loaded()).hasSize(94 * 4 + 2);
  }

  @Test
  void densenetIsKeras() {
    KerasModelWriter keras = new KerasModelWriter();
    Path file = folder.resolve("densenet.h5");
    String output = densenet(keras, 64);
    keras.saveWeights(file);

    ImportPlan plan =
        assertSame(described(keras, output, file), "densenet121", "densenet", 64, Map.of());

    assertThat(plan.report().adapted()).isEmpty();
  }

  private static KerasFile described(KerasModelWriter keras, String output, Path file) {
    return new KerasFile(Optional.of(keras.description(output)), KerasFile.read(file).weights());
  }

  private static ImportPlan assertSame(
      KerasFile weights, String model, String family, int size, Map<String, Object> options) {
    assertThatThrownBy(
            () ->
                PretrainedStart.fit(
                    model, family, configuration(model, size, options), weights.weights()))
        .isInstanceOfSatisfying(
            SinterException.class,
            e -> assertThat(e.code()).isEqualTo("WEIGHTS_OF_ANOTHER_NETWORK"))
        .hasMessageContaining("built as torchvision's");

    Map<String, Object> keras = new HashMap<>(options);
    keras.put("layout", "keras");
    ComputationGraphConfiguration configuration = configuration(model, size, keras);
    ImportPlan plan = PretrainedStart.fit(model, family, configuration, weights.weights());
    assertThat(plan.report().random()).isEmpty();
    assertThat(plan.report().unused()).isEmpty();
    FloatBuffer parameters = FloatBuffer.allocate((int) ParameterLayout.of(configuration).length());
    plan.writeTo(parameters);

    GenericNetwork described = KerasNetwork.read(weights);
    INDArray images = Nd4j.rand(DataType.FLOAT, 2, 3, size, size).subi(0.5);
    INDArray expected =
        network(described.configuration(), described.parameters()).outputSingle(images);
    INDArray output = network(configuration, parameters.array()).outputSingle(images);
    assertThat(expected.sub(expected.mean(true, 0)).amaxNumber().doubleValue())
        .as("the images' outputs differ")
        .isGreaterThan(5e-4);
    assertThat(output.sub(expected).amaxNumber().doubleValue()).isLessThan(1e-5);
    return plan;
  }

  private static ComputationGraphConfiguration configuration(
      String model, int size, Map<String, Object> options) {
    return ModelRegistry.configuration(
        new ModelSpec(model, 3, size, size, CLASSES, "cross-entropy", options, 1));
  }

  private static ComputationGraph network(
      ComputationGraphConfiguration configuration, float[] parameters) {
    ComputationGraph network =
        new ComputationGraph(ComputationGraphConfiguration.fromJson(configuration.toJson()));
    network.init(Nd4j.createFromArray(parameters).reshape(1, -1), false);
    return network;
  }

  /** keras_applications/inception_v3.py, layer by layer. */
  private static String inception(KerasModelWriter keras, int size) {
    String x = unit(keras, 32, 3, 3, 2, "valid", keras.input(size, size, 3));
    x = unit(keras, 32, 3, 3, 1, "valid", x);
    x = unit(keras, 64, 3, 3, 1, "same", x);
    x = keras.pool("MaxPooling2D", 3, 2, "valid", x);
    x = unit(keras, 80, 1, 1, 1, "valid", x);
    x = unit(keras, 192, 3, 3, 1, "valid", x);
    x = keras.pool("MaxPooling2D", 3, 2, "valid", x);
    for (int pooled : new int[] {32, 64, 64}) {
      String one = unit(keras, 64, 1, 1, 1, "same", x);
      String five = unit(keras, 48, 1, 1, 1, "same", x);
      five = unit(keras, 64, 5, 5, 1, "same", five);
      String three = unit(keras, 64, 1, 1, 1, "same", x);
      three = unit(keras, 96, 3, 3, 1, "same", three);
      three = unit(keras, 96, 3, 3, 1, "same", three);
      x = keras.concatenate(one, five, three, pooled(keras, pooled, x));
    }
    String halved = unit(keras, 384, 3, 3, 2, "valid", x);
    String twice = unit(keras, 64, 1, 1, 1, "same", x);
    twice = unit(keras, 96, 3, 3, 1, "same", twice);
    twice = unit(keras, 96, 3, 3, 2, "valid", twice);
    x = keras.concatenate(halved, twice, keras.pool("MaxPooling2D", 3, 2, "valid", x));
    for (int width : new int[] {128, 160, 160, 192}) {
      String one = unit(keras, 192, 1, 1, 1, "same", x);
      String seven = unit(keras, width, 1, 1, 1, "same", x);
      seven = unit(keras, width, 1, 7, 1, "same", seven);
      seven = unit(keras, 192, 7, 1, 1, "same", seven);
      String more = unit(keras, width, 1, 1, 1, "same", x);
      more = unit(keras, width, 7, 1, 1, "same", more);
      more = unit(keras, width, 1, 7, 1, "same", more);
      more = unit(keras, width, 7, 1, 1, "same", more);
      more = unit(keras, 192, 1, 7, 1, "same", more);
      x = keras.concatenate(one, seven, more, pooled(keras, 192, x));
    }
    String three = unit(keras, 192, 1, 1, 1, "same", x);
    three = unit(keras, 320, 3, 3, 2, "valid", three);
    String seven = unit(keras, 192, 1, 1, 1, "same", x);
    seven = unit(keras, 192, 1, 7, 1, "same", seven);
    seven = unit(keras, 192, 7, 1, 1, "same", seven);
    seven = unit(keras, 192, 3, 3, 2, "valid", seven);
    x = keras.concatenate(three, seven, keras.pool("MaxPooling2D", 3, 2, "valid", x));
    for (int block = 0; block < 2; block++) {
      String one = unit(keras, 320, 1, 1, 1, "same", x);
      String fork = unit(keras, 384, 1, 1, 1, "same", x);
      String row = unit(keras, 384, 1, 3, 1, "same", fork);
      String column = unit(keras, 384, 3, 1, 1, "same", fork);
      String first = keras.concatenate(row, column);
      fork = unit(keras, 448, 1, 1, 1, "same", x);
      fork = unit(keras, 384, 3, 3, 1, "same", fork);
      row = unit(keras, 384, 1, 3, 1, "same", fork);
      column = unit(keras, 384, 3, 1, 1, "same", fork);
      String second = keras.concatenate(row, column);
      x = keras.concatenate(one, first, second, pooled(keras, 192, x));
    }
    return keras.classifier("predictions", CLASSES, x);
  }

  private static String pooled(KerasModelWriter keras, int filters, String input) {
    String means = keras.pool("AveragePooling2D", 3, 1, "same", input);
    return unit(keras, filters, 1, 1, 1, "same", means);
  }

  private static String unit(
      KerasModelWriter keras,
      int filters,
      int height,
      int width,
      int stride,
      String padding,
      String input) {
    String x =
        keras.convolution(keras.next("conv2d"), filters, height, width, stride, padding, input);
    return keras.relu(keras.norm(keras.next("batch_normalization"), 1e-3, false, x));
  }

  /** keras_applications/densenet.py, layer by layer. */
  private static String densenet(KerasModelWriter keras, int size) {
    String x = keras.pad(3, keras.input(size, size, 3));
    x = keras.convolution("conv1/conv", 64, 7, 7, 2, "valid", x);
    x = keras.pad(1, normalised(keras, "conv1/bn", x));
    x = keras.pool("MaxPooling2D", 3, 2, "valid", x);
    int channels = 64;
    int[] layers = {6, 12, 24, 16};
    for (int stage = 0; stage < layers.length; stage++) {
      for (int layer = 1; layer <= layers[stage]; layer++) {
        String name = "conv" + (stage + 2) + "_block" + layer;
        String added = normalised(keras, name + "_0_bn", x);
        added = keras.convolution(name + "_1_conv", 128, 1, 1, 1, "valid", added);
        added = normalised(keras, name + "_1_bn", added);
        added = keras.convolution(name + "_2_conv", 32, 3, 3, 1, "same", added);
        x = keras.concatenate(x, added);
        channels += 32;
      }
      if (stage < layers.length - 1) {
        String name = "pool" + (stage + 2);
        x = normalised(keras, name + "_bn", x);
        channels /= 2;
        x = keras.convolution(name + "_conv", channels, 1, 1, 1, "valid", x);
        x = keras.pool("AveragePooling2D", 2, 2, "valid", x);
      }
    }
    return keras.classifier("fc1000", CLASSES, normalised(keras, "bn", x));
  }

  private static String normalised(KerasModelWriter keras, String name, String input) {
    return keras.relu(keras.norm(name, 1.001e-5, true, input));
  }
}
