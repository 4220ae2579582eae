package dev.sinter.trainer.engine.libtorch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.sinter.error.SinterException;
import dev.sinter.trainer.engine.EngineSettings;
import dev.sinter.trainer.engine.FlatVector;
import dev.sinter.trainer.engine.Network;
import dev.sinter.trainer.engine.TestNetworks;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.constraint.UnitNormConstraint;
import org.deeplearning4j.nn.conf.dropout.AlphaDropout;
import org.deeplearning4j.nn.conf.graph.PoolHelperVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.weightnoise.DropConnect;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.impl.ActivationELU;
import org.nd4j.linalg.activations.impl.ActivationRReLU;
import org.nd4j.linalg.lossfunctions.impl.LossHinge;

class UnsupportedLayersTest {
  @ParameterizedTest(name = "{0}")
  @MethodSource("networks")
  void namesVertexAndReason(String reason, Network network) {
    EngineSettings settings = EngineSettings.of(LibtorchEngine.NAME);
    try (FlatVector parameters = FlatVector.ofFloats(network.layout().length())) {
      assertThatThrownBy(
              () ->
                  new LibtorchEngine(settings, InstalledDevices.INSTANCE)
                      .createReplica(network, parameters))
          .isInstanceOfSatisfying(
              SinterException.class,
              failure -> {
                assertThat(failure.code()).isEqualTo("LAYER_NOT_SUPPORTED");
                assertThat(failure).hasMessageContaining("vertex refused");
                assertThat(failure).hasMessageContaining(reason);
              });
    }
  }

  static Stream<Arguments> networks() {
    return Stream.of(
        layer("AlphaDropout", convolution().dropOut(new AlphaDropout(0.5)).build()),
        layer("DropConnect", convolution().weightNoise(new DropConnect(0.5)).build()),
        layer(
            "UnitNormConstraint",
            convolution().constrainWeights(new UnitNormConstraint(1)).build()),
        layer("useLogStd", new BatchNormalization.Builder().build()),
        layer(
            "ActivationRReLU",
            new ActivationLayer.Builder().activation(new ActivationRReLU()).build()),
        layer("ELU", new ActivationLayer.Builder().activation(new ActivationELU(0.5)).build()),
        layer(
            "pooling AVG with dilation",
            new SubsamplingLayer.Builder(PoolingType.AVG).kernelSize(2, 2).dilation(2, 2).build()),
        layer(
            "pooling PNORM",
            new SubsamplingLayer.Builder(PoolingType.PNORM).kernelSize(2, 2).pnorm(2).build()),
        arguments("data format NHWC", channelsLast()),
        arguments(
            "PoolHelperVertex",
            TestNetworks.around(
                (graph, input) -> {
                  graph.addVertex("refused", new PoolHelperVertex(), input);
                  return "refused";
                })),
        arguments("LossHinge", hinge()));
  }

  private static ConvolutionLayer.Builder convolution() {
    return new ConvolutionLayer.Builder(3, 3).nOut(4);
  }

  private static Arguments layer(String reason, Layer layer) {
    return arguments(
        reason,
        TestNetworks.around(
            (graph, input) -> {
              graph.addLayer("refused", layer, input);
              return "refused";
            }));
  }

  private static Network channelsLast() {
    var graph = TestNetworks.builder();
    graph.addLayer("refused", convolution().dataFormat(CNN2DFormat.NHWC).build(), "input");
    graph.addLayer("pool", TestNetworks.globalAverage(), "refused");
    graph.addLayer("output", TestNetworks.output(), "pool");
    graph.setOutputs("output");
    graph.setInputTypes(InputType.convolutional(5, 4, 2, CNN2DFormat.NHWC));
    return Network.of(TestNetworks.spec("nhwc", 2, 5, 4), graph.build());
  }

  private static Network hinge() {
    var graph = TestNetworks.builder();
    graph.addLayer("pool", TestNetworks.globalAverage(), "input");
    graph.addLayer("refused", TestNetworks.output(new LossHinge()), "pool");
    return TestNetworks.network(TestNetworks.spec("hinge", 2, 3, 3), graph, "refused");
  }
}
