package dev.sinter.model.pretrained;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.PreprocessorVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.preprocessor.CnnToFeedForwardPreProcessor;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.ObjectMapper;

/** Networks with torch's weights give what torch gave, and files of torch hold what it saved. */
class RecordedTorchOutputsTest {

  /** Two convolutions, the second without bias. */
  @Test
  void computesConvolutions() throws IOException {
    GraphBuilder graph = graph(InputType.convolutional(5, 5, 2));
    graph.addLayer("conv1", new ConvolutionLayer.Builder(2, 2).nOut(2).build(), "x");
    graph.addLayer(
        "conv2", new ConvolutionLayer.Builder(2, 2).nOut(2).hasBias(false).build(), "conv1");
    assertRecorded("conv2d", "torch/conv2d.pt", graph.setOutputs("conv2").build(), 1, 2, 5, 5);
  }

  @Test
  void computesBatchNormalisation() throws IOException {
    GraphBuilder graph = graph(InputType.convolutional(2, 2, 5));
    graph.addLayer("norm1", norm(), "x");
    assertRecorded(
        "batch_norm", "torch/batch_norm2d.pt", graph.setOutputs("norm1").build(), 1, 5, 2, 2);
  }

  /** torch's dense layer goes along the last axis; the recorded input has four rows of two. */
  @Test
  void computesDenseLayers() throws IOException {
    GraphBuilder graph = graph(InputType.feedForward(2));
    graph.addLayer("fc1", new DenseLayer.Builder().nOut(3).build(), "x");
    graph.addLayer("relu", new ActivationLayer(Activation.RELU), "fc1");
    graph.addLayer("fc2", new DenseLayer.Builder().nOut(4).hasBias(false).build(), "relu");
    assertRecorded("linear", "torch/linear.pt", graph.setOutputs("fc2").build(), 4, 2);
  }

  @Test
  void computesWhatASafetensorsFileHolds() throws IOException {
    GraphBuilder graph = graph(InputType.convolutional(8, 8, 3));
    graph.addLayer("conv1", new ConvolutionLayer.Builder(3, 3).padding(1, 1).nOut(4).build(), "x");
    graph.addLayer("norm1", norm(), "conv1");
    graph.addLayer("relu", new ActivationLayer(Activation.RELU), "norm1");
    graph.addVertex(
        "flat", new PreprocessorVertex(new CnnToFeedForwardPreProcessor(8, 8, 4)), "relu");
    graph.addLayer("fc1", new DenseLayer.Builder().nOut(16).build(), "flat");
    assertRecorded(
        "multi_layer",
        "safetensors/multi_layer.safetensors",
        graph.setOutputs("fc1").build(),
        1,
        3,
        8,
        8);
  }

  private static GraphBuilder graph(InputType input) {
    return new NeuralNetConfiguration.Builder()
        .activation(Activation.IDENTITY)
        .graphBuilder()
        .addInputs("x")
        .setInputTypes(input);
  }

  private static Layer norm() {
    return new BatchNormalization.Builder().eps(1e-5).useLogStd(false).build();
  }

  private static void assertRecorded(
      String name, String file, ComputationGraphConfiguration configuration, long... shape)
      throws IOException {
    Path weights = SharedModels.of(file);
    JsonNode record =
        new ObjectMapper()
            .readTree(SharedModels.of("torch/expected_vectors.json").toFile())
            .path(name);
    ComputationGraph network = new ComputationGraph(configuration);
    network.init();
    FloatBuffer parameters = FloatBuffer.allocate((int) network.numParams());
    ImportPlan plan = PretrainedStart.fit(name, "", configuration, WeightFiles.read(weights));
    plan.writeTo(parameters);
    assertThat(plan.report().random()).isEmpty();
    assertThat(plan.report().unused()).isEmpty();
    network.setParams(Nd4j.createFromArray(parameters.array()).reshape(1, -1));

    float[] output = network.outputSingle(input(record, shape)).dup('c').data().asFloat();

    float[] expected = numbers(record.path("expected").path("flat_row_major"));
    assertThat(expected).isNotEmpty();
    assertThat(output).containsExactly(expected, within(1e-6f));
  }

  private static INDArray input(JsonNode record, long... shape) {
    JsonNode input = record.path("input");
    return input.has("flat_row_major")
        ? Nd4j.createFromArray(numbers(input.path("flat_row_major"))).reshape(shape)
        : Nd4j.ones(DataType.FLOAT, shape).subi(input.path("minus").asDouble());
  }

  private static float[] numbers(JsonNode array) {
    float[] numbers = new float[array.size()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = (float) array.get(i).asDouble();
    }
    return numbers;
  }

  /** A file, its tensor, and what torch saved there. */
  private record Saved(String file, String tensor, float... values) {
    @Override
    public String toString() {
      return file + ":" + tensor;
    }
  }

  static Stream<Saved> saved() {
    return Stream.of(
        new Saved("float32", "tensor", 1, 2.5f, -3.7f, 0),
        new Saved("float64", "tensor", 1.1f, 2.2f, 3.3f),
        new Saved("bfloat16", "tensor", 1.5f, -2.5f, 3.5f),
        new Saved("int64", "tensor", 100, -200, 300, 0),
        new Saved("int32", "tensor", 10, 20, -30),
        new Saved("int16", "tensor", 1000, -2000, 3000),
        new Saved("bool", "tensor", 1, 0, 1, 1, 0),
        new Saved("tensor_2d", "tensor", 1, 2, 3, 4, 5, 6),
        new Saved("scalar", "tensor", 42),
        new Saved("empty", "tensor"),
        new Saved(
            "special_values",
            "tensor",
            Float.NaN,
            Float.POSITIVE_INFINITY,
            Float.NEGATIVE_INFINITY,
            0,
            1),
        new Saved("extreme_values", "tensor", 1e-30f, 1e30f, -1e-30f, -1e30f),
        new Saved("mixed_types", "float32", 1, 2),
        new Saved("mixed_types", "int64", 100, 200),
        new Saved("mixed_types", "bool", 1, 0),
        new Saved("mixed_types", "float64", 1.1f, 2.2f),
        new Saved("buffers", "buffer1", 1, 2, 3),
        new Saved("buffers", "buffer2", 1, 0),
        new Saved("state_dict", "running_mean", 0, 0, 0),
        new Saved("state_dict", "running_var", 1, 1, 1));
  }

  @ParameterizedTest
  @MethodSource("saved")
  void readsWhatTorchSaved(Saved saved) {
    WeightFile file = TorchFile.read(SharedModels.of("torch/reader/" + saved.file() + ".pt"));
    assertThat(file.tensors().get(saved.tensor()).floats()).isEqualTo(saved.values());
  }

  /** Random ones, of which the file's maker recorded the shapes alone. */
  @Test
  void readsShapes() {
    Map<String, String> shapes =
        Map.of(
            "tensor_3d:tensor", "2x3x4",
            "state_dict:weight", "3x4",
            "state_dict:bias", "3",
            "nested_dict:layer1.weight", "2x3",
            "nested_dict:layer2.bias", "4",
            "parameter:param", "3x3");
    shapes.forEach(
        (name, shape) -> {
          String[] parts = name.split(":", 2);
          WeightFile file = TorchFile.read(SharedModels.of("torch/reader/" + parts[0] + ".pt"));
          assertThat(file.tensors()).as(name).containsKey(parts[1]);
          assertThat(file.tensors().get(parts[1]).shapeText()).as(name).isEqualTo(shape);
        });
  }
}
