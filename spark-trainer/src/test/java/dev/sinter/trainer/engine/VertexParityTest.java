package dev.sinter.trainer.engine;

import static dev.sinter.trainer.engine.LayerCase.image;
import static dev.sinter.trainer.engine.LayerCase.vector;
import static dev.sinter.trainer.engine.TestNetworks.convolution;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.model.ParameterTensor;
import java.util.List;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.L2NormalizeVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.graph.PreprocessorVertex;
import org.deeplearning4j.nn.conf.graph.ReshapeVertex;
import org.deeplearning4j.nn.conf.graph.ShiftVertex;
import org.deeplearning4j.nn.conf.graph.StackVertex;
import org.deeplearning4j.nn.conf.graph.SubsetVertex;
import org.deeplearning4j.nn.conf.graph.UnstackVertex;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.conf.preprocessor.CnnToFeedForwardPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.FeedForwardToCnnPreProcessor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;

class VertexParityTest {
  @ParameterizedTest(name = "{0}")
  @MethodSource({"vertices", "vectors", "frozen"})
  void vertex(LayerCase tested) {
    LayerParity.assertAll(tested);
  }

  static Stream<LayerCase> vertices() {
    return Stream.of(
        image("sum of three", (graph, input) -> three(graph, ElementWiseVertex.Op.Add, input)),
        image("maximum of three", (graph, input) -> three(graph, ElementWiseVertex.Op.Max, input)),
        image("mean of three", (graph, input) -> three(graph, ElementWiseVertex.Op.Average, input)),
        image(
            "shift",
            (graph, input) -> {
              graph.addVertex("shift", new ShiftVertex(0.3), input);
              graph.addLayer("conv", convolution(2, 3, 1, 0), "shift");
              return "conv";
            }),
        image(
            "stack and unstack",
            (graph, input) -> {
              graph.addLayer("left", convolution(3, 4, 1, 0), input);
              graph.addLayer("right", convolution(3, 4, 1, 0), input);
              graph.addVertex("stack", new StackVertex(), "left", "right");
              graph.addLayer("shared", convolution(1, 3, 1, 0), "stack");
              graph.addVertex("first", new UnstackVertex(0, 2), "shared");
              graph.addVertex("second", new UnstackVertex(1, 2), "shared");
              graph.addVertex("merge", new MergeVertex(), "first", "second");
              return "merge";
            }),
        image(
            "reshape",
            (graph, input) -> {
              graph.addVertex("reshape", new ReshapeVertex(-1, 3, 18, 11), input);
              return "reshape";
            }));
  }

  static Stream<LayerCase> vectors() {
    GraphBuilder flattened = TestNetworks.builder();
    flattened.addVertex(
        "flat", new PreprocessorVertex(new CnnToFeedForwardPreProcessor(3, 4, 2)), "input");
    flattened.addLayer(
        "dense", new DenseLayer.Builder().nOut(5).activation(Activation.SELU).build(), "flat");
    flattened.addLayer("output", TestNetworks.output(), "dense");
    return Stream.of(
        LayerCase.of("preprocessor", flattened, List.of(2, 3, 4)),
        vector(
            "normalised dense",
            (graph, input) -> {
              graph.addLayer(
                  "dense",
                  new DenseLayer.Builder()
                      .nOut(5)
                      .hasLayerNorm(true)
                      .activation(Activation.TANH)
                      .build(),
                  input);
              return "dense";
            }),
        vector(
            "subset",
            (graph, input) -> {
              graph.addVertex("subset", new SubsetVertex(1, 3), input);
              return "subset";
            }),
        vector(
            "vector as image",
            (graph, input) -> {
              graph.addLayer(
                  "conv",
                  convolution(2, 3, 1, 0),
                  new FeedForwardToCnnPreProcessor(3, 2, 1),
                  input);
              graph.addLayer("pool", TestNetworks.globalAverage(), "conv");
              return "pool";
            }),
        vector(
            "unit length",
            (graph, input) -> {
              graph.addVertex("norm", new L2NormalizeVertex(), input);
              return "norm";
            }));
  }

  /** In test mode, statistics included; what lies below still learns if DL4J lets it. */
  static Stream<LayerCase> frozen() {
    GraphBuilder first = TestNetworks.builder();
    ConvolutionLayer stem = convolution(3, 4, 1, 0);
    stem.setNIn(2);
    first.addLayer("frozen", new FrozenLayer(stem), "input");
    first.addLayer("conv", convolution(2, 3, 1, 0), "frozen");
    first.addLayer("pool", TestNetworks.globalAverage(), "conv");
    first.addLayer("output", TestNetworks.output(), "pool");
    ConvolutionLayer between = convolution(2, 4, 1, 0);
    between.setNIn(6);
    return Stream.of(
        LayerCase.of("frozen first layer", first, List.of(2, 6, 5)),
        image("frozen with backpropagation", new FrozenLayerWithBackprop(between)));
  }

  /** DL4J normalises images by their length in float32 only. */
  @Test
  void imagesOfUnitLength() {
    LayerCase tested =
        image(
            "unit length",
            (graph, input) -> {
              graph.addVertex("norm", new L2NormalizeVertex(), input);
              return "norm";
            });
    EngineParity.assertWholeAgrees(tested.network(), tested.batch());
  }

  @ParameterizedTest
  @ValueSource(strings = {"libtorch", "nd4j"})
  void frozenNormalisationKeepsItsStatisticsAndLearnsNothing(String engine) {
    BatchNormalization norm = TestNetworks.batchNorm();
    norm.setNIn(6);
    norm.setNOut(6);
    LayerCase tested = image("frozen normalisation", new FrozenLayerWithBackprop(norm));
    Network network = tested.network();
    try (FlatVector parameters = RandomState.parameters(network, FlatVector.Precision.FLOAT32, 5);
        FlatVector gradient = FlatVector.ofFloats(parameters.length());
        Replica replica =
            Engines.byName(EngineSettings.of(engine)).createReplica(network, parameters)) {
      replica.computeGradient(tested.batch(), 3, gradient);
      for (ParameterTensor tensor : network.layout().ofVertex("layer")) {
        int count = Math.toIntExact(tensor.length());
        double[] expected =
            tensor.role() == ParameterTensor.Role.TRAINABLE
                ? new double[count]
                : RandomState.read(parameters, tensor.offset(), count);
        assertThat(RandomState.read(gradient, tensor.offset(), count))
            .as(tensor.key())
            .containsExactly(expected);
      }
    }
  }

  private static String three(GraphBuilder graph, ElementWiseVertex.Op op, String input) {
    graph.addLayer("left", convolution(3, 6, 1, 1), input);
    graph.addLayer("right", convolution(1, 6, 1, 0), input);
    graph.addVertex("combined", new ElementWiseVertex(op), input, "left", "right");
    return "combined";
  }
}
