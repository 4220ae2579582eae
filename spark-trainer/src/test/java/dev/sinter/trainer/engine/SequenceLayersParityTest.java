package dev.sinter.trainer.engine;

import static dev.sinter.trainer.engine.LayerCase.pooledSequence;
import static dev.sinter.trainer.engine.LayerCase.sequence;

import java.util.List;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.graph.rnn.DuplicateToTimeSeriesVertex;
import org.deeplearning4j.nn.conf.graph.rnn.LastTimeStepVertex;
import org.deeplearning4j.nn.conf.graph.rnn.ReverseTimeSeriesVertex;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.RnnLossLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.Subsampling1DLayer;
import org.deeplearning4j.nn.conf.layers.Upsampling1D;
import org.deeplearning4j.nn.conf.layers.ZeroPadding1DLayer;
import org.deeplearning4j.nn.conf.layers.convolutional.Cropping1D;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.conf.layers.recurrent.TimeDistributed;
import org.deeplearning4j.nn.conf.preprocessor.CnnToRnnPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.RnnToCnnPreProcessor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;

class SequenceLayersParityTest {
  @ParameterizedTest(name = "{0}")
  @MethodSource({"convolutions", "recurrent", "others", "networks"})
  void layer(LayerCase tested) {
    LayerParity.assertAll(tested);
  }

  /** ND4J's float32 convolution fails for dilated kernels. */
  @Test
  void dilated() {
    LayerParity.assertInDoublePrecision(
        sequence("dilated", new Convolution1DLayer.Builder(2).dilation(3).nOut(4).build()));
  }

  static Stream<LayerCase> convolutions() {
    return Stream.of(
        sequence("convolution", new Convolution1DLayer.Builder(3).nOut(4).build()),
        sequence(
            "strided and padded, without bias",
            new Convolution1DLayer.Builder(3, 2, 1)
                .nOut(4)
                .hasBias(false)
                .activation(Activation.RELU)
                .build()),
        sequence(
            "same, uneven",
            new Convolution1DLayer.Builder(2, 2)
                .convolutionMode(ConvolutionMode.Same)
                .nOut(4)
                .build()),
        sequence(
            "causal",
            new Convolution1DLayer.Builder(3)
                .convolutionMode(ConvolutionMode.Causal)
                .nOut(4)
                .build()),
        sequence("maximum", pool(PoolingType.MAX, 3, 2, ConvolutionMode.Truncate)),
        sequence("maximum same", pool(PoolingType.MAX, 2, 2, ConvolutionMode.Same)),
        sequence("average", pool(PoolingType.AVG, 3, 2, ConvolutionMode.Truncate)),
        sequence("average same", pool(PoolingType.AVG, 2, 2, ConvolutionMode.Same)));
  }

  static Stream<LayerCase> recurrent() {
    return Stream.of(
        sequence("LSTM", lstm()),
        pooledSequence("last step", new LastTimeStep(lstm())),
        sequence("added", new Bidirectional(Bidirectional.Mode.ADD, lstm())),
        sequence("multiplied", new Bidirectional(Bidirectional.Mode.MUL, lstm())),
        sequence("averaged", new Bidirectional(Bidirectional.Mode.AVERAGE, lstm())),
        sequence("concatenated", new Bidirectional(Bidirectional.Mode.CONCAT, lstm())),
        sequence(
            "distributed",
            new TimeDistributed(
                new DenseLayer.Builder().nIn(5).nOut(4).activation(Activation.TANH).build())),
        sequence(
            "with a skip",
            (graph, input) -> {
              graph.addLayer(
                  "first", new LSTM.Builder().nOut(5).activation(Activation.TANH).build(), input);
              graph.addVertex(
                  "skip", new ElementWiseVertex(ElementWiseVertex.Op.Add), "first", input);
              return "skip";
            }));
  }

  static Stream<LayerCase> others() {
    return Stream.of(
        sequence("zero padding", new ZeroPadding1DLayer.Builder(1, 2).build()),
        sequence("cropping", new Cropping1D.Builder(1, 2).build()),
        sequence("upsampling", new Upsampling1D.Builder(3).build()),
        sequence("dense", new DenseLayer.Builder().nOut(4).activation(Activation.TANH).build()),
        pooledSequence("global average", global(PoolingType.AVG)),
        pooledSequence("global maximum", global(PoolingType.MAX)),
        pooledSequence("global sum", global(PoolingType.SUM)),
        pooledSequence("global norm", global(PoolingType.PNORM)),
        sequence(
            "every step as an image",
            (graph, input) -> {
              graph.addLayer(
                  "conv",
                  new ConvolutionLayer.Builder(2, 1).nIn(1).nOut(2).build(),
                  new RnnToCnnPreProcessor(5, 1, 1),
                  input);
              graph.addLayer(
                  "lstm",
                  new LSTM.Builder().nIn(8).nOut(4).activation(Activation.TANH).build(),
                  new CnnToRnnPreProcessor(4, 1, 2),
                  "conv");
              return "lstm";
            }),
        sequence(
            "reverse",
            (graph, input) -> {
              graph.addVertex("reverse", new ReverseTimeSeriesVertex(), input);
              graph.addLayer("lstm", lstm(), "reverse");
              return "lstm";
            }),
        sequence(
            "last step at every step",
            (graph, input) -> {
              graph.addVertex("last", new LastTimeStepVertex("input"), input);
              graph.addVertex("again", new DuplicateToTimeSeriesVertex("input"), "last");
              graph.addVertex("merge", new MergeVertex(), "again", input);
              return "merge";
            }));
  }

  static Stream<LayerCase> networks() {
    GraphBuilder output = TestNetworks.builder();
    output.addLayer(
        "lstm", new LSTM.Builder().nOut(4).activation(Activation.TANH).build(), "input");
    output.addLayer(
        "output",
        new RnnOutputLayer.Builder(new LossMCXENT())
            .nOut(TestNetworks.CLASSES)
            .activation(Activation.SOFTMAX)
            .dataFormat(RNNFormat.NCW)
            .build(),
        "lstm");
    GraphBuilder loss = TestNetworks.builder();
    loss.addLayer(
        "lstm",
        new LSTM.Builder().nOut(TestNetworks.CLASSES).activation(Activation.TANH).build(),
        "input");
    loss.addLayer(
        "output",
        new RnnLossLayer.Builder(new LossMCXENT()).activation(Activation.SOFTMAX).build(),
        "lstm");
    return Stream.of(
        LayerCase.labelled("output of every step", output, List.of(3, 7)),
        LayerCase.labelled("loss of every step", loss, List.of(3, 7)));
  }

  private static LSTM lstm() {
    return new LSTM.Builder().nIn(5).nOut(4).activation(Activation.TANH).build();
  }

  private static Subsampling1DLayer pool(
      PoolingType type, int kernel, int stride, ConvolutionMode mode) {
    Subsampling1DLayer pool =
        new Subsampling1DLayer.Builder()
            .kernelSize(kernel)
            .stride(stride)
            .convolutionMode(mode)
            .build();
    pool.setPoolingType(type); // the builder forgets what it is given
    return pool;
  }

  private static GlobalPoolingLayer global(PoolingType type) {
    return new GlobalPoolingLayer.Builder(type).build();
  }
}
