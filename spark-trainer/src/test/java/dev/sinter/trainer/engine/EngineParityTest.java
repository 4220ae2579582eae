package dev.sinter.trainer.engine;

import static dev.sinter.trainer.engine.TestNetworks.around;
import static dev.sinter.trainer.engine.TestNetworks.batchNorm;
import static dev.sinter.trainer.engine.TestNetworks.convolution;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.sinter.model.InputShape;
import dev.sinter.model.ModelRegistry;
import dev.sinter.model.ModelSpec;
import dev.sinter.model.WeightedLoss;
import dev.sinter.trainer.engine.TestNetworks.Block;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.Upsampling2D;
import org.deeplearning4j.nn.conf.layers.ZeroPaddingLayer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;

class EngineParityTest {
  @Test
  void residualNetwork() {
    EngineParity.assertParity(TestNetworks.resNet(), 6);
  }

  @Test
  void uNet() {
    EngineParity.assertParity(TestNetworks.uNet(), 3);
  }

  @Test
  void stemForLargeImages() {
    ModelSpec spec = new ModelSpec("resnet18", 2, 64, 64, 4, "cross-entropy", Map.of(), 3);
    EngineParity.assertParity(Network.of(spec, ModelRegistry.configuration(spec)), 4);
  }

  @ParameterizedTest(name = "{0}, {1}")
  @MethodSource("registeredModels")
  void registeredModel(String name, String loss) {
    EngineParity.assertParity(RegisteredModels.network(name, loss), 4);
  }

  @Tag("full")
  @ParameterizedTest(name = "{0}, {1}")
  @MethodSource("largeModels")
  void largeModel(String name, String loss) {
    EngineParity.assertParity(RegisteredModels.network(name, loss), 4);
  }

  static Stream<Arguments> registeredModels() {
    return withLosses(RegisteredModels.quick());
  }

  static Stream<Arguments> largeModels() {
    return withLosses(RegisteredModels.large());
  }

  private static Stream<Arguments> withLosses(List<String> names) {
    return names.stream()
        .flatMap(name -> RegisteredModels.losses(name).stream().map(loss -> arguments(name, loss)));
  }

  /** Both kinds of shortcut where a block changes the shape. */
  @Test
  void residualNetworkForSmallImagesWithProjections() {
    ModelSpec spec =
        new ModelSpec(
            "resnet20", 2, 9, 12, 4, "cross-entropy", Map.of("shortcut", "projection"), 3);
    EngineParity.assertParity(Network.of(spec, ModelRegistry.configuration(spec)), 4);
  }

  @Tag("full")
  @ParameterizedTest
  @ValueSource(strings = {"resnet50", "densenet121"})
  void kerasLayout(String name) {
    Map<String, Object> options = Map.of("layout", "keras", "stem", "small");
    ModelSpec spec = new ModelSpec(name, 2, 16, 16, 4, "cross-entropy", options, 3);
    EngineParity.assertParity(Network.of(spec, ModelRegistry.configuration(spec)), 4);
  }

  @Tag("full")
  @Test
  void inceptionInKerasLayout() {
    Map<String, Object> options =
        Map.of("layout", "keras", "auxiliary-head", "false", "dropout", 0);
    ModelSpec spec = new ModelSpec("inception-v3", 2, 107, 107, 4, "cross-entropy", options, 3);
    EngineParity.assertParity(Network.of(spec, ModelRegistry.configuration(spec)), 4);
  }

  /** At the smallest size that it takes. */
  @Tag("full")
  @Test
  void inceptionWithItsAuxiliaryHead() {
    ModelSpec spec =
        new ModelSpec("inception-v3", 2, 299, 299, 4, "cross-entropy", Map.of("dropout", 0), 3);
    EngineParity.assertParity(Network.of(spec, ModelRegistry.configuration(spec)), 2);
  }

  @Test
  void stackedSequencesSideBySide() {
    ModelSpec spec =
        new ModelSpec(
            "skip-lstm",
            InputShape.sequence(2, 5),
            4,
            "cross-entropy",
            Map.of("width", 6, "skip", "concat", "dropout", 0),
            3);
    EngineParity.assertParity(Network.of(spec, ModelRegistry.configuration(spec)), 4);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("segmentationOptions")
  void segmentationOption(String name, ModelSpec spec) {
    EngineParity.assertParity(Network.of(spec, ModelRegistry.configuration(spec)), 2);
  }

  static Stream<Arguments> segmentationOptions() {
    return Stream.of("unet", "unet-attention", "unet-dense", "unet-residual", "unet3d")
        .flatMap(
            name ->
                Stream.of(
                    segmenting(name, "cross-entropy", Map.of("norm", "instance")),
                    segmenting(name, "cross-entropy", Map.of("norm", "group")),
                    // DL4J's own cross-entropy is clipped, where nothing keeps scores small.
                    segmenting(name, "dice-cross-entropy", Map.of("norm", "none")),
                    segmenting(name, "cross-entropy", Map.of("up", "interpolation")),
                    segmenting(name, "cross-entropy", Map.of("up", "convolution")),
                    segmenting(name, "dice-cross-entropy", Map.of("deep-supervision", "true"))));
  }

  /** At two halvings, without dropout, whose masks differ between the engines. */
  private static Arguments segmenting(String name, String loss, Map<String, Object> options) {
    Map<String, Object> all = new HashMap<>(Map.of("width", 4, "depth", 2, "dropout", 0));
    all.putAll(options);
    boolean isVolume = ModelRegistry.card(name).inputShape().kind() == InputShape.Kind.VOLUME;
    InputShape input = isVolume ? InputShape.volume(2, 8, 8, 16) : InputShape.image(2, 16, 16);
    return arguments(
        name + ", " + loss + ", " + options, new ModelSpec(name, input, 4, loss, all, 3));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("blocks")
  void layer(String name, Block block) {
    EngineParity.assertParity(around(block), 4);
  }

  @Test
  void flattenedDenseNetworkWithBatchNorm() {
    GraphBuilder graph = TestNetworks.builder();
    graph.addLayer(
        "fc1", new DenseLayer.Builder().nOut(7).activation(Activation.SIGMOID).build(), "input");
    graph.addLayer("fc1-bn", batchNorm(), "fc1");
    graph.addLayer("fc2", new DenseLayer.Builder().nOut(7).hasBias(false).build(), "fc1-bn");
    graph.addLayer("output", TestNetworks.output(), "fc2");
    EngineParity.assertParity(
        TestNetworks.network(TestNetworks.spec("mlp", 2, 3, 5), graph, "output"), 8);
  }

  @Test
  void lossLayerWithoutParameters() {
    GraphBuilder graph = TestNetworks.builder();
    graph.addLayer("conv", convolution(3, TestNetworks.CLASSES, 1, 0), "input");
    graph.addLayer("pool", TestNetworks.globalAverage(), "conv");
    graph.addLayer(
        "output",
        new LossLayer.Builder(new LossMCXENT()).activation(Activation.SOFTMAX).build(),
        "pool");
    EngineParity.assertParity(
        TestNetworks.network(TestNetworks.spec("loss", 2, 6, 5), graph, "output"), 4);
  }

  @Test
  void auxiliaryOutputsWithWeights() {
    GraphBuilder graph = TestNetworks.builder();
    graph.addLayer("conv", convolution(3, 5, 1, 0), "input");
    graph.addLayer("pool", TestNetworks.globalAverage(), "conv");
    graph.addLayer("output", TestNetworks.output(), "pool");
    graph.addLayer(
        "auxiliary", TestNetworks.output(new WeightedLoss(new LossMCXENT(), 0.3)), "pool");
    graph.addLayer(
        "by-class",
        TestNetworks.output(new LossMCXENT(Nd4j.createFromArray(0.4, 0.3, 0.2, 0.1).reshape(1, 4))),
        "pool");
    graph.setOutputs("output", "auxiliary", "by-class");
    graph.setInputTypes(org.deeplearning4j.nn.conf.inputs.InputType.convolutional(6, 5, 2));
    EngineParity.assertParity(
        Network.of(TestNetworks.spec("auxiliary", 2, 6, 5), graph.build()), 4);
  }

  static Stream<Arguments> blocks() {
    return Stream.of(
        layer("strided", convolution(3, 6, 2, 1)),
        layer("even-kernel", convolution(2, 6, 1, 1)),
        layer(
            "dilated",
            new ConvolutionLayer.Builder().kernelSize(3, 2).dilation(2, 3).nOut(3).build()),
        layer("same-uneven", same(3, 2)),
        layer("same-even-kernel", same(4, 1)),
        layer("same-1x1-stride-2", same(1, 2)),
        layer(
            "fused-relu",
            new ConvolutionLayer.Builder()
                .kernelSize(3, 3)
                .nOut(4)
                .activation(Activation.RELU)
                .build()),
        layer(
            "deconvolution",
            new Deconvolution2D.Builder()
                .kernelSize(3, 3)
                .stride(2, 2)
                .padding(1, 1)
                .nOut(4)
                .build()),
        layer("deconvolution-same-3-2", sameDeconvolution(3, 2)),
        layer("deconvolution-same-4-2", sameDeconvolution(4, 2)),
        layer(
            "batch-norm-locked",
            new BatchNormalization.Builder(true).useLogStd(false).decay(0.95).eps(1e-3).build()),
        layer("max-pool-padded", pool(PoolingType.MAX, 3, 2, 1, ConvolutionMode.Truncate)),
        layer("max-pool-same", pool(PoolingType.MAX, 2, 2, 0, ConvolutionMode.Same)),
        layer("average-pool-padded", pool(PoolingType.AVG, 3, 2, 1, ConvolutionMode.Truncate)),
        layer("average-pool-same", pool(PoolingType.AVG, 2, 2, 0, ConvolutionMode.Same)),
        layer(
            "average-pool-counts-padding",
            new SubsamplingLayer.Builder(PoolingType.AVG)
                .kernelSize(3, 3)
                .stride(2, 2)
                .padding(1, 1)
                .avgPoolIncludePadInDivisor(true)
                .build()),
        layer("zero-padding", new ZeroPaddingLayer.Builder(1, 2, 3, 0).build()),
        layer("upsampling", new Upsampling2D.Builder(2).build()),
        layer(
            "global-max",
            new GlobalPoolingLayer.Builder(PoolingType.MAX).collapseDimensions(false).build()),
        activation(Activation.RELU),
        activation(Activation.LEAKYRELU),
        activation(Activation.SIGMOID),
        activation(Activation.TANH),
        activation(Activation.SOFTMAX),
        besideItsInput(Activation.RELU),
        besideItsInput(Activation.SIGMOID),
        besideItsInput(Activation.TANH),
        elementWise(ElementWiseVertex.Op.Add),
        elementWise(ElementWiseVertex.Op.Subtract),
        elementWise(ElementWiseVertex.Op.Product),
        elementWise(ElementWiseVertex.Op.Average),
        elementWise(ElementWiseVertex.Op.Max),
        arguments(
            "scale",
            (Block)
                (graph, input) -> {
                  graph.addVertex("scale", new ScaleVertex(0.17), input);
                  return "scale";
                }));
  }

  private static Arguments layer(String name, Layer layer) {
    return arguments(
        name,
        (Block)
            (graph, input) -> {
              graph.addLayer(name, layer, input);
              return name;
            });
  }

  private static Arguments activation(Activation activation) {
    return layer(activation.name(), new ActivationLayer.Builder().activation(activation).build());
  }

  /** Where two vertices read what an activation is of, none may overwrite it. */
  private static Arguments besideItsInput(Activation activation) {
    return arguments(
        activation + " beside its input",
        (Block)
            (graph, input) -> {
              graph.addLayer(
                  "active", new ActivationLayer.Builder().activation(activation).build(), input);
              graph.addVertex(
                  "both", new ElementWiseVertex(ElementWiseVertex.Op.Add), input, "active");
              return "both";
            });
  }

  private static Arguments elementWise(ElementWiseVertex.Op op) {
    return arguments(
        op.name(),
        (Block)
            (graph, input) -> {
              graph.addLayer("left", convolution(3, 4, 1, 1), input);
              graph.addLayer("right", convolution(1, 4, 1, 0), input);
              graph.addVertex("combined", new ElementWiseVertex(op), "left", "right");
              return "combined";
            });
  }

  private static ConvolutionLayer same(int kernel, int stride) {
    return new ConvolutionLayer.Builder()
        .kernelSize(kernel, kernel)
        .stride(stride, stride)
        .convolutionMode(ConvolutionMode.Same)
        .nOut(4)
        .build();
  }

  private static Deconvolution2D sameDeconvolution(int kernel, int stride) {
    return new Deconvolution2D.Builder()
        .kernelSize(kernel, kernel)
        .stride(stride, stride)
        .convolutionMode(ConvolutionMode.Same)
        .nOut(4)
        .build();
  }

  private static SubsamplingLayer pool(
      PoolingType type, int kernel, int stride, int padding, ConvolutionMode mode) {
    return new SubsamplingLayer.Builder(type)
        .kernelSize(kernel, kernel)
        .stride(stride, stride)
        .padding(padding, padding)
        .convolutionMode(mode)
        .build();
  }
}
