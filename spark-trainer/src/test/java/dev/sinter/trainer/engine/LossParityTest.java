package dev.sinter.trainer.engine;

import static dev.sinter.trainer.engine.TestNetworks.convolution;

import dev.sinter.model.DiceCrossEntropyLoss;
import dev.sinter.model.WeightedLoss;
import java.util.List;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.layers.CnnLossLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.ILossFunction;
import org.nd4j.linalg.lossfunctions.impl.LossBinaryXENT;
import org.nd4j.linalg.lossfunctions.impl.LossL1;
import org.nd4j.linalg.lossfunctions.impl.LossL2;
import org.nd4j.linalg.lossfunctions.impl.LossMAE;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;
import org.nd4j.linalg.lossfunctions.impl.LossMSE;
import org.nd4j.linalg.lossfunctions.impl.LossNegativeLogLikelihood;

class LossParityTest {
  @ParameterizedTest(name = "{0}")
  @MethodSource("losses")
  void loss(LayerCase tested) {
    LayerParity.assertAll(tested);
  }

  static Stream<LayerCase> losses() {
    INDArray weights = Nd4j.createFromArray(0.4, 0.3, 0.2, 0.1).reshape(1, 4);
    return Stream.of(
        ofSamples("log likelihood", new LossNegativeLogLikelihood(), Activation.SOFTMAX),
        ofSamples("binary", new LossBinaryXENT(), Activation.SIGMOID),
        ofSamples("binary, weighted", new LossBinaryXENT(weights), Activation.SIGMOID),
        ofSamples("binary, clipped", new LossBinaryXENT(0.4), Activation.SIGMOID),
        ofSamples("squares", new LossL2(), Activation.IDENTITY),
        ofSamples("mean squares", new LossMSE(), Activation.SIGMOID),
        ofSamples("mean squares of probabilities", new LossMSE(), Activation.SOFTMAX),
        ofSamples("weighted mean squares", new LossMSE(weights), Activation.TANH),
        ofSamples("absolute", new LossL1(), Activation.IDENTITY),
        ofSamples("mean absolute", new LossMAE(weights), Activation.SOFTMAX),
        ofSamples("weighted whole", new WeightedLoss(new LossMCXENT(), 0.3), Activation.SOFTMAX),
        ofPixels(
            "weighted Dice of pixels",
            new WeightedLoss(new DiceCrossEntropyLoss(), 0.6),
            Activation.SOFTMAX),
        ofPixels("binary of pixels", new LossBinaryXENT(), Activation.SIGMOID),
        ofPixels("mean squares of pixels", new LossMSE(), Activation.SOFTMAX));
  }

  private static LayerCase ofSamples(String name, ILossFunction loss, Activation activation) {
    GraphBuilder graph = TestNetworks.builder();
    graph.addLayer("conv", convolution(3, 5, 1, 0), "input");
    graph.addLayer("pool", TestNetworks.globalAverage(), "conv");
    graph.addLayer(
        "output",
        new OutputLayer.Builder(loss).nOut(TestNetworks.CLASSES).activation(activation).build(),
        "pool");
    return LayerCase.of(name, graph, List.of(2, 6, 5));
  }

  private static LayerCase ofPixels(String name, ILossFunction loss, Activation activation) {
    GraphBuilder graph = TestNetworks.builder();
    graph.addLayer("conv", convolution(3, TestNetworks.CLASSES, 1, 1), "input");
    graph.addLayer("output", new CnnLossLayer.Builder(loss).activation(activation).build(), "conv");
    return LayerCase.labelled(name, graph, List.of(2, 6, 5));
  }
}
