package dev.sinter.trainer.engine.nd4j;

import static dev.sinter.trainer.engine.TestNetworks.around;
import static dev.sinter.trainer.engine.TestNetworks.batchNorm;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.sinter.model.InputShape;
import dev.sinter.model.ModelRegistry;
import dev.sinter.trainer.engine.FlatVector.Precision;
import dev.sinter.trainer.engine.Network;
import dev.sinter.trainer.engine.RegisteredModels;
import dev.sinter.trainer.engine.TestNetworks;
import java.util.Set;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.dropout.GaussianDropout;
import org.deeplearning4j.nn.conf.dropout.IDropout;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

/** The exchanged layers against DL4J's own. */
class OperationLayersTest {
  /** float64 runs ND4J's generic kernels. */
  private static final double DOUBLE_TOLERANCE = 1e-9;

  /** float32 runs oneDNN's, which are compared with DL4J in float64; no deep network here. */
  private static final double FLOAT_TOLERANCE = 1e-4;

  @ParameterizedTest(name = "{0}")
  @MethodSource("layers")
  void computesWhatDl4jComputes(String name, Network network) {
    assertAgree(network, 3, Precision.FLOAT64, DOUBLE_TOLERANCE);
    assertAgree(network, 3, Precision.FLOAT32, FLOAT_TOLERANCE);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("registeredModels")
  void computesRegisteredModels(String name, Network network) {
    assertAgree(network, 4, Precision.FLOAT64, 1e-6);
  }

  @Test
  void normalisesDenseLayers() {
    GraphBuilder graph = TestNetworks.builder();
    graph.addLayer("fc", new DenseLayer.Builder().nOut(7).build(), "input");
    graph.addLayer("bn", batchNorm(), "fc");
    graph.addLayer("output", TestNetworks.output(), "bn");
    Network network = TestNetworks.network(TestNetworks.spec("mlp", 2, 3, 5), graph, "output");
    assertAgree(network, 8, Precision.FLOAT64, DOUBLE_TOLERANCE);
    assertAgree(network, 8, Precision.FLOAT32, FLOAT_TOLERANCE);
  }

  /** Noise that the next layer writes over the ReLU's output, whose signs it changes. */
  @Test
  void rectifiesBeforeNoiseInPlace() {
    Network network =
        around(
            (graph, input) -> {
              graph.addLayer("relu", convolution(3, 3).activation(Activation.RELU).build(), input);
              IDropout noise = new GaussianDropout(0.5);
              graph.addLayer("noisy", convolution(2, 2).dropOut(noise).build(), "relu");
              return "noisy";
            });
    assertAgree(network, 3, Precision.FLOAT64, DOUBLE_TOLERANCE);
  }

  @Test
  void cutsLargeBatchesIntoUnevenChunks() {
    GraphBuilder graph = TestNetworks.builder();
    ConvolutionLayer.Builder convolution = convolution(3, 3).nOut(40).padding(1, 1);
    graph.addLayer("conv", convolution.hasBias(false).build(), "input");
    graph.addLayer("bn", batchNorm(), "conv");
    graph.addLayer("up", deconvolution(2, 2, ConvolutionMode.Truncate).build(), "bn");
    graph.addLayer("pool", TestNetworks.globalAverage(), "up");
    graph.addLayer("output", TestNetworks.output(), "pool");
    Network network =
        TestNetworks.network(TestNetworks.spec("large", 2, 240, 200), graph, "output");
    assertThat(new SampleChunks(3, 2)).isEqualTo(chunksOf(3, 40L * 240 * 200));
    assertAgree(network, 3, Precision.FLOAT32, FLOAT_TOLERANCE);
  }

  private static SampleChunks chunksOf(int samples, long floatsPerSample) {
    return SampleChunks.of(Nd4j.createUninitialized(DataType.FLOAT, samples, floatsPerSample));
  }

  @Test
  void exchangesTheSlowLayersOnly() {
    ComputationGraphConfiguration configuration = TestNetworks.uNet().configuration();
    String before = configuration.toJson();
    OperationLayers.exchange(configuration, Set.of());
    ComputationGraph graph = new ComputationGraph(configuration);
    graph.init();
    assertThat(graph.getLayer("encoder1-conv")).isInstanceOf(ConvolutionOperation.class);
    assertThat(graph.getLayer("encoder1-bn")).isInstanceOf(BatchNormOperation.class);
    assertThat(graph.getLayer("encoder1-relu")).isInstanceOf(RectifierOperation.class);
    assertThat(graph.getLayer("up")).isInstanceOf(ConvolutionOperation.class);
    assertThat(graph.getLayer("pool1").getClass().getName()).startsWith("org.deeplearning4j");
    assertThat(TestNetworks.uNet().configuration().toJson()).isEqualTo(before);
  }

  private static void assertAgree(
      Network network, int samples, Precision precision, double tolerance) {
    GraphResult expected = GraphResult.ofDl4j(network, samples, Precision.FLOAT64);
    GraphResult actual = GraphResult.ofOperations(network, samples, precision);
    actual.assertCloseTo(expected, network.layout(), tolerance);
  }

  /** Those of images. */
  static Stream<Arguments> registeredModels() {
    return RegisteredModels.quick().stream()
        .filter(name -> ModelRegistry.card(name).inputShape().kind() == InputShape.Kind.IMAGE)
        .map(name -> arguments(name, RegisteredModels.network(name, "cross-entropy")));
  }

  static Stream<Arguments> layers() {
    return Stream.of(
        layer("conv-3x2-bias", convolution(3, 2)),
        layer("conv-no-bias", convolution(3, 3).hasBias(false)),
        layer("conv-strided", convolution(3, 3).stride(2, 1).padding(1, 0)),
        layer("conv-1x1-stride-2", convolution(1, 1).stride(2, 2)),
        layer("conv-even-kernel", convolution(2, 2).padding(1, 1)),
        layer("conv-dilated", convolution(3, 2).dilation(2, 3)),
        layer("conv-dilated-padded", convolution(3, 3).dilation(2, 2).padding(2, 2)),
        layer("conv-strict", convolution(3, 3).convolutionMode(ConvolutionMode.Strict)),
        layer("conv-same", same(convolution(3, 3))),
        layer("conv-same-strided", same(convolution(3, 3).stride(2, 2))),
        layer("conv-same-even-kernel", same(convolution(4, 2))),
        layer("conv-same-dilated", same(convolution(3, 3).dilation(2, 2))),
        layer("conv-same-1x1-stride-2", same(convolution(1, 1).stride(2, 2))),
        layer("conv-relu", convolution(3, 3).activation(Activation.RELU)),
        layer("conv-tanh", convolution(3, 3).activation(Activation.TANH)),
        layer("conv-leaky-relu", convolution(3, 3).activation(Activation.LEAKYRELU)),
        layer("conv-dropout", convolution(3, 3).dropOut(0.6)),
        layer("deconv-2-2", deconvolution(2, 2, ConvolutionMode.Truncate)),
        layer("deconv-3-2", deconvolution(3, 2, ConvolutionMode.Truncate).padding(1, 1)),
        layer("deconv-no-bias", deconvolution(2, 2, ConvolutionMode.Truncate).hasBias(false)),
        layer("deconv-same-2-2", deconvolution(2, 2, ConvolutionMode.Same)),
        layer("deconv-same-3-2", deconvolution(3, 2, ConvolutionMode.Same)),
        layer("deconv-same-4-2", deconvolution(4, 2, ConvolutionMode.Same)),
        layer(
            "deconv-relu",
            deconvolution(2, 2, ConvolutionMode.Truncate).activation(Activation.RELU)),
        layer("bn", batchNorm()),
        layer("bn-options", normalisation(new BatchNormalization.Builder())),
        layer("bn-locked", normalisation(new BatchNormalization.Builder(1.3, -0.4, true))),
        layer("relu", new ActivationLayer.Builder().activation(Activation.RELU).build()),
        layer("relu6", new ActivationLayer.Builder().activation(Activation.RELU6).build()),
        arguments("residual", TestNetworks.resNet()),
        arguments("u-net", TestNetworks.uNet()));
  }

  private static ConvolutionLayer.Builder convolution(int height, int width) {
    return new ConvolutionLayer.Builder().kernelSize(height, width).nOut(6);
  }

  private static ConvolutionLayer.Builder same(ConvolutionLayer.Builder builder) {
    return builder.convolutionMode(ConvolutionMode.Same);
  }

  private static Deconvolution2D.Builder deconvolution(
      int kernel, int stride, ConvolutionMode mode) {
    return new Deconvolution2D.Builder()
        .kernelSize(kernel, kernel)
        .stride(stride, stride)
        .convolutionMode(mode)
        .nOut(4);
  }

  private static BatchNormalization normalisation(BatchNormalization.Builder builder) {
    return builder.useLogStd(false).decay(0.7).eps(1e-2).build();
  }

  private static Arguments layer(String name, Layer.Builder<?> builder) {
    Layer layer = builder.build();
    return layer(name, layer);
  }

  private static Arguments layer(String name, Layer layer) {
    return arguments(
        name,
        around(
            (graph, input) -> {
              graph.addLayer("block", layer, input);
              return "block";
            }));
  }
}
