package dev.sinter.model.pretrained.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.sinter.error.SinterException;
import dev.sinter.model.InputShape;
import dev.sinter.model.ModelRegistry;
import dev.sinter.model.ModelSpec;
import dev.sinter.model.ParameterLayout;
import dev.sinter.model.ParameterTensor;
import dev.sinter.model.layer.GroupNormalization;
import dev.sinter.model.layer.GroupedConvolution2D;
import dev.sinter.model.pretrained.ImportPlan;
import dev.sinter.model.pretrained.PretrainedStart;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.ReshapeVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.CnnLossLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.Upsampling2D;
import org.deeplearning4j.nn.conf.layers.ZeroPaddingLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** What ONNX Runtime computes of an exported network is what DL4J computes of the network. */
class OnnxExportTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({
    "resnet18,resnet",
    "resnext50-32x4d,resnet",
    "densenet121,densenet",
    "plain20,resnet-cifar",
    "resnet20,resnet-cifar"
  })
  void exportsClassifiers(String model, String family) throws IOException, OrtException {
    ModelSpec spec = new ModelSpec(model, 3, 64, 64, 5, "cross-entropy", Map.of(), 3);
    compare(ModelRegistry.configuration(spec), family, InputType.convolutional(64, 64, 3));
  }

  @Test
  void exportsVgg() throws IOException, OrtException {
    ModelSpec vgg =
        new ModelSpec("vgg16-bn", 3, 64, 64, 5, "cross-entropy", Map.of("grid", 1, "hidden", 8), 3);
    compare(ModelRegistry.configuration(vgg), "vgg", InputType.convolutional(64, 64, 3));
  }

  /** Of features that are smaller than the grid, and of such as the grid does not divide. */
  @ParameterizedTest
  @CsvSource({"64, 33", "256, 288"})
  void exportsGridsOfMeans(int height, int width) throws IOException, OrtException {
    ModelSpec vgg =
        new ModelSpec("vgg16", 3, height, width, 5, "cross-entropy", Map.of("hidden", 8), 3);
    compare(ModelRegistry.configuration(vgg), "vgg", vgg.input().inputType());
  }

  @ParameterizedTest
  @ValueSource(strings = {"add", "concat", "none"})
  void exportsSkipLstm(String skip) throws IOException, OrtException {
    Map<String, Object> options = Map.of("width", 6, "depth", 3, "skip", skip);
    InputShape input = InputShape.sequence(4, 7);
    ModelSpec spec = new ModelSpec("skip-lstm", input, 5, "cross-entropy", options, 3);
    compare(ModelRegistry.configuration(spec), "skip-lstm", input.inputType());
  }

  @ParameterizedTest
  @CsvSource({"skip-mlp", "highway"})
  void exportsVectors(String name) throws IOException, OrtException {
    InputShape input = name.equals("highway") ? InputShape.image(1, 5, 6) : InputShape.row(7);
    ModelSpec spec = new ModelSpec(name, input, 5, "cross-entropy", Map.of(), 3);
    compare(ModelRegistry.configuration(spec), name, input.inputType());
  }

  /** DL4J itself cannot normalise volumes by their batch. */
  @Test
  void exportsVolumes() throws IOException, OrtException {
    Map<String, Object> options = Map.of("width", 4, "depth", 2, "norm", "instance");
    InputShape input = InputShape.volume(2, 8, 12, 16);
    ModelSpec spec = new ModelSpec("unet3d", input, 3, "cross-entropy", options, 3);
    compare(ModelRegistry.configuration(spec), "unet", input.inputType());
  }

  /** Shallow: without trained statistics values grow from level to level. */
  @ParameterizedTest
  @ValueSource(strings = {"unet-attention", "unet-dense", "unet-no-skips", "unet-residual"})
  void exportsTheFamilyOfUnet(String name) throws IOException, OrtException {
    ModelSpec spec =
        new ModelSpec(name, 1, 32, 48, 3, "cross-entropy", Map.of("width", 4, "depth", 1), 3);
    compare(ModelRegistry.configuration(spec), "unet", spec.input().inputType());
  }

  /** Both kinds of means at the border. */
  @ParameterizedTest
  @CsvSource({
    "inception-v3, torchvision, 107, false",
    "inception-v3, torchvision, 299, true",
    "inception-v3, keras, 75, false",
    "inception-v3-skip, torchvision, 75, false",
  })
  void exportsInception(String name, String layout, int size, String auxiliary)
      throws IOException, OrtException {
    Map<String, Object> options = Map.of("layout", layout, "auxiliary-head", auxiliary);
    ModelSpec spec = new ModelSpec(name, 3, size, size, 5, "cross-entropy", options, 3);
    ComputationGraph network = new ComputationGraph(ModelRegistry.configuration(spec));
    network.init();
    // Those of the paper need trained statistics, or the softmax is sure of itself.
    for (ParameterTensor tensor : ParameterLayout.of(network.getConfiguration()).tensors()) {
      if (tensor.shape().length == 4) {
        INDArray kernels = network.getParam(tensor.vertex() + "_" + tensor.key());
        double inputs = (double) tensor.length() / tensor.shape()[0];
        kernels.muli(Math.sqrt(2 / inputs) / 0.1);
      }
    }
    compare(network, "inception", InputType.convolutional(size, size, 3));
  }

  @Test
  void exportsUnet() throws IOException, OrtException {
    ModelSpec spec =
        new ModelSpec("unet", 1, 32, 48, 3, "cross-entropy", Map.of("width", 4, "depth", 2), 3);
    compare(ModelRegistry.configuration(spec), "unet", InputType.convolutional(32, 48, 1));
  }

  @Test
  void exportsTheOtherLayersOfImages() throws IOException, OrtException {
    InputType input = InputType.convolutional(9, 11, 4);
    ComputationGraphConfiguration configuration =
        new NeuralNetConfiguration.Builder()
            .seed(5)
            .graphBuilder()
            .addInputs("input")
            .setInputTypes(input)
            .addLayer("pad", new ZeroPaddingLayer(1, 2, 0, 1), "input")
            .addLayer("grouped", grouped(), "pad")
            .addLayer("norm", new GroupNormalization.Builder(2).build(), "grouped")
            .addLayer(
                "depthwise",
                new DepthwiseConvolution2D.Builder(3, 3)
                    .depthMultiplier(2)
                    .nOut(12)
                    .convolutionMode(ConvolutionMode.Same)
                    .activation(Activation.SWISH)
                    .build(),
                "norm")
            .addLayer(
                "gate",
                new ConvolutionLayer.Builder(1, 1).nOut(12).activation(Activation.SIGMOID).build(),
                "norm")
            .addVertex(
                "gated", new ElementWiseVertex(ElementWiseVertex.Op.Product), "depthwise", "gate")
            .addLayer(
                "average",
                new SubsamplingLayer.Builder(SubsamplingLayer.PoolingType.AVG)
                    .kernelSize(3, 3)
                    .stride(2, 2)
                    .padding(1, 1)
                    .avgPoolIncludePadInDivisor(true)
                    .build(),
                "gated")
            .addLayer("up", new Upsampling2D.Builder(2).build(), "average")
            .addLayer(
                "transposed",
                new Deconvolution2D.Builder(3, 3)
                    .stride(2, 2)
                    .padding(1, 1)
                    .nOut(5)
                    .activation(Activation.LEAKYRELU)
                    .build(),
                "up")
            .addLayer(
                "dense",
                new DenseLayer.Builder().nOut(7).activation(Activation.TANH).build(),
                "transposed")
            .addLayer(
                "output",
                new OutputLayer.Builder().nOut(3).activation(Activation.SOFTMAX).build(),
                "dense")
            .setOutputs("output")
            .build();
    compare(configuration, "", input);
  }

  @Test
  void refusesAVertexByName() {
    ComputationGraphConfiguration configuration =
        new NeuralNetConfiguration.Builder()
            .graphBuilder()
            .addInputs("input")
            .setInputTypes(InputType.convolutional(4, 4, 1))
            .addVertex("odd", new ReshapeVertex(-1, 1, 2, 8), "input")
            .addLayer("output", new CnnLossLayer.Builder().build(), "odd")
            .setOutputs("output")
            .build();
    ComputationGraph network = new ComputationGraph(configuration);
    network.init();
    assertThatThrownBy(
            () ->
                OnnxExport.write(
                    "odd",
                    "",
                    configuration,
                    InputType.convolutional(4, 4, 1),
                    FloatBuffer.allocate(0),
                    new ByteArrayOutputStream()))
        .isInstanceOfSatisfying(
            SinterException.class, e -> assertThat(e.code()).isEqualTo("EXPORT_UNSUPPORTED"))
        .hasMessageContaining("odd (ReshapeVertex)");
  }

  private static GroupedConvolution2D grouped() {
    return new GroupedConvolution2D.Builder(3, 3)
        .groups(2)
        .stride(1, 1)
        .padding(1, 1)
        .nOut(6)
        .build();
  }

  private void compare(ComputationGraphConfiguration configuration, String family, InputType input)
      throws IOException, OrtException {
    ComputationGraph network = new ComputationGraph(configuration);
    network.init();
    compare(network, family, input);
  }

  private void compare(ComputationGraph network, String family, InputType input)
      throws IOException, OrtException {
    Nd4j.getRandom().setSeed(11);
    INDArray parameters = network.params();
    // Statistics and scales that are not 0 and 1, so that a mix-up shows.
    parameters.addi(Nd4j.rand(parameters.dataType(), parameters.shape()).subi(0.5).muli(0.02));
    long[] shape = input.getShape(true);
    shape[0] = 2;
    INDArray images = Nd4j.rand(parameters.dataType(), shape);
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    OnnxExport.write(
        "network",
        family,
        network.getConfiguration(),
        input,
        FloatBuffer.wrap(parameters.dup().data().asFloat()),
        file);

    assertBringsItsBitsBack(family, network, file.toByteArray());
    INDArray[] expected = network.output(images);
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    try (OrtSession session = environment.createSession(file.toByteArray());
        OnnxTensor tensor =
            OnnxTensor.createTensor(
                environment, FloatBuffer.wrap(images.dup('c').data().asFloat()), shape);
        OrtSession.Result result = session.run(Map.of("input", tensor))) {
      assertThat(result.size()).isEqualTo(expected.length);
      for (int i = 0; i < expected.length; i++) {
        assertClose(
            ((OnnxTensor) result.get(i)).getFloatBuffer().array(),
            expected[i].dup('c').data().asFloat());
      }
    }
  }

  private static void assertClose(float[] actual, float[] expected) {
    assertThat(actual).hasSameSizeAs(expected);
    for (int i = 0; i < actual.length; i++) {
      assertThat(actual[i]).isCloseTo(expected[i], within(1e-4f));
    }
    assertThat(actual[0]).isNotEqualTo(actual[actual.length / 2]);
  }

  private void assertBringsItsBitsBack(String family, ComputationGraph network, byte[] file)
      throws IOException {
    Path path = Files.write(folder.resolve("network.onnx"), file);
    float[] expected = network.params().dup().data().asFloat();
    FloatBuffer again = FloatBuffer.allocate(expected.length);
    ImportPlan plan =
        PretrainedStart.fit("network", family, network.getConfiguration(), OnnxWeights.read(path));
    plan.writeTo(again);
    assertThat(plan.report().random()).isEmpty();
    assertThat(again.array()).isEqualTo(expected);
  }
}
