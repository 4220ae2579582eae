package dev.sinter.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class LayerTableTest {
  private final LayerTable table =
      LayerTable.of(
          ModelRegistry.configuration(ModelSpecs.segmentation(8, Map.of("depth", 1, "width", 2))),
          1,
          8,
          8);

  @Test
  void hasARowPerVertex() {
    assertThat(table.row("encoder1-conv1"))
        .isEqualTo(
            new LayerTable.Row(
                "encoder1-conv1", "ConvolutionLayer", List.of(2L, 8L, 8L), 18, 18 * 64));
    assertThat(table.row("encoder1-bn1"))
        .isEqualTo(
            new LayerTable.Row("encoder1-bn1", "BatchNormalization", List.of(2L, 8L, 8L), 4, 0));
    assertThat(table.row("decoder1-upconv"))
        .isEqualTo(
            new LayerTable.Row(
                "decoder1-upconv", "Deconvolution2D", List.of(2L, 8L, 8L), 34, 32 * 16));
    assertThat(table.row("decoder1-skip"))
        .isEqualTo(new LayerTable.Row("decoder1-skip", "MergeVertex", List.of(4L, 8L, 8L), 0, 0));
  }

  @Test
  void listsVerticesInTopologicalOrder() {
    List<String> names = table.rows().stream().map(LayerTable.Row::vertex).toList();
    assertThat(names).startsWith("encoder1-conv1", "encoder1-bn1").endsWith("head", "output");
    assertThat(names).doesNotContain("input").doesNotHaveDuplicates();
  }

  @Test
  void rejectsUnknownVertex() {
    assertThatThrownBy(() -> table.row("attic"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("no vertex attic");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("layersOfEveryKind")
  void countsParametersAndMultiplyAdds(
      String name, Layer layer, InputType input, List<Long> shape, long parameters, long adds) {
    ComputationGraphConfiguration configuration =
        new NeuralNetConfiguration.Builder()
            .graphBuilder()
            .addInputs("input")
            .addLayer("layer", layer, "input")
            .setOutputs("layer")
            .setInputTypes(input)
            .build();
    assertThat(LayerTable.of(configuration, input).row("layer"))
        .isEqualTo(
            new LayerTable.Row("layer", layer.getClass().getSimpleName(), shape, parameters, adds));
  }

  static Stream<Arguments> layersOfEveryKind() {
    InputType image = InputType.convolutional(5, 4, 6);
    InputType volume = InputType.convolutional3D(Convolution3D.DataFormat.NCDHW, 3, 4, 5, 2);
    InputType sequence = InputType.recurrent(3, 7);
    return Stream.of(
        arguments(
            "depthwise",
            new DepthwiseConvolution2D.Builder(3, 2).depthMultiplier(2).build(),
            image,
            List.of(12L, 3L, 3L),
            12 * 6 + 12,
            12 * 6 * 9),
        arguments(
            "separable",
            new SeparableConvolution2D.Builder(3, 2).depthMultiplier(2).nOut(5).build(),
            image,
            List.of(5L, 3L, 3L),
            12 * 6 + 12 * 5 + 5,
            (12 * 6 + 12 * 5) * 9),
        arguments(
            "volume",
            new Convolution3D.Builder(2, 2, 2).nOut(3).build(),
            volume,
            List.of(3L, 2L, 3L, 4L),
            3 * 2 * 8 + 3,
            3 * 2 * 8 * 24),
        arguments(
            "sequence",
            new Convolution1DLayer.Builder(3).nOut(4).build(),
            sequence,
            List.of(4L, 5L),
            3 * 4 * 3 + 4,
            3 * 4 * 3 * 5),
        arguments(
            "LSTM",
            new LSTM.Builder().nOut(5).build(),
            sequence,
            List.of(5L, 7L),
            4 * 5 * (3 + 5 + 1),
            4 * 5 * (3 + 5) * 7),
        arguments(
            "both directions",
            new Bidirectional(new LSTM.Builder().nOut(5).build()),
            sequence,
            List.of(10L),
            2 * 4 * 5 * (3 + 5 + 1),
            2 * 4 * 5 * (3 + 5) * 7));
  }
}
