package dev.sinter.trainer.engine;

import static dev.sinter.trainer.engine.LayerCase.pooledVolume;
import static dev.sinter.trainer.engine.LayerCase.volume;

import dev.sinter.model.layer.ChannelGate;
import dev.sinter.model.layer.GroupNormalization;
import java.util.List;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.layers.Cnn3DLossLayer;
import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.deeplearning4j.nn.conf.layers.Deconvolution3D;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.Subsampling3DLayer;
import org.deeplearning4j.nn.conf.layers.Upsampling3D;
import org.deeplearning4j.nn.conf.layers.ZeroPadding3DLayer;
import org.deeplearning4j.nn.conf.layers.convolutional.Cropping3D;
import org.deeplearning4j.nn.conf.preprocessor.Cnn3DToFeedForwardPreProcessor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;

class VolumeLayersParityTest {
  @ParameterizedTest(name = "{0}")
  @MethodSource({"convolutions", "pooling", "others", "networks"})
  void layer(LayerCase tested) {
    LayerParity.assertAll(tested);
  }

  /** ND4J's float32 convolution fails for dilated kernels. */
  @Test
  void dilated() {
    LayerParity.assertInDoublePrecision(
        volume("dilated", new Convolution3D.Builder(2, 2, 2).dilation(2, 3, 1).nOut(3).build()));
  }

  static Stream<LayerCase> convolutions() {
    return Stream.of(
        volume("convolution", new Convolution3D.Builder(2, 3, 2).nOut(5).build()),
        volume(
            "strided and padded, without bias",
            new Convolution3D.Builder(3, 3, 3)
                .stride(2, 1, 2)
                .padding(1, 0, 1)
                .nOut(3)
                .hasBias(false)
                .activation(Activation.RELU)
                .build()),
        volume(
            "same, uneven",
            new Convolution3D.Builder(2, 3, 2)
                .stride(2, 2, 1)
                .convolutionMode(ConvolutionMode.Same)
                .nOut(3)
                .build()),
        volume(
            "strict",
            new Convolution3D.Builder(2, 3, 3)
                .convolutionMode(ConvolutionMode.Strict)
                .nOut(3)
                .build()),
        volume(
            "transposed",
            new Deconvolution3D.Builder().kernelSize(2, 2, 2).stride(2, 2, 2).nOut(3).build()),
        volume(
            "transposed, padded, without bias",
            new Deconvolution3D.Builder()
                .kernelSize(3, 3, 3)
                .stride(2, 1, 2)
                .padding(1, 1, 0)
                .nOut(3)
                .hasBias(false)
                .build()),
        volume(
            "transposed, same",
            new Deconvolution3D.Builder()
                .kernelSize(3, 3, 3)
                .stride(2, 2, 2)
                .convolutionMode(ConvolutionMode.Same)
                .nOut(3)
                .build()));
  }

  static Stream<LayerCase> pooling() {
    return Stream.of(
        volume("maximum", pool(PoolingType.MAX, 2, 2, 0, ConvolutionMode.Truncate)),
        volume("maximum padded", pool(PoolingType.MAX, 3, 2, 1, ConvolutionMode.Truncate)),
        volume("maximum same", pool(PoolingType.MAX, 2, 2, 0, ConvolutionMode.Same)),
        volume("average", pool(PoolingType.AVG, 2, 2, 0, ConvolutionMode.Truncate)),
        volume("average padded", pool(PoolingType.AVG, 3, 2, 1, ConvolutionMode.Truncate)),
        volume("average same", pool(PoolingType.AVG, 2, 2, 0, ConvolutionMode.Same)),
        pooledVolume("global average", global(PoolingType.AVG)),
        pooledVolume("global maximum", global(PoolingType.MAX)),
        pooledVolume("global sum", global(PoolingType.SUM)),
        pooledVolume("global norm", global(PoolingType.PNORM)));
  }

  static Stream<LayerCase> others() {
    return Stream.of(
        volume("zero padding", new ZeroPadding3DLayer.Builder(1, 2, 0, 1, 2, 0).build()),
        volume("cropping", new Cropping3D.Builder(1, 2, 0, 1, 2, 0).build()),
        volume("upsampling", new Upsampling3D.Builder(2).build()),
        volume("batch normalisation", TestNetworks.batchNorm()),
        volume("group normalisation", new GroupNormalization.Builder(2).build()));
  }

  static Stream<LayerCase> networks() {
    GraphBuilder flattened = TestNetworks.builder();
    flattened.addLayer("conv", new Convolution3D.Builder(2, 2, 2).nOut(2).build(), "input");
    flattened.addLayer(
        "dense",
        new DenseLayer.Builder().nOut(5).build(),
        new Cnn3DToFeedForwardPreProcessor(2, 3, 2, 2, true),
        "conv");
    flattened.addLayer("output", TestNetworks.output(), "dense");

    GraphBuilder segmented = TestNetworks.builder();
    segmented.addLayer(
        "conv",
        new Convolution3D.Builder(3, 3, 3)
            .padding(1, 1, 1)
            .nOut(TestNetworks.CLASSES)
            .activation(Activation.TANH)
            .build(),
        "input");
    segmented.addLayer(
        "output",
        new Cnn3DLossLayer.Builder(Convolution3D.DataFormat.NCDHW)
            .lossFunction(new LossMCXENT())
            .activation(Activation.SOFTMAX)
            .build(),
        "conv");
    GraphBuilder joined = TestNetworks.builder();
    joined.addLayer("left", new Convolution3D.Builder(1, 1, 1).nOut(3).build(), "input");
    joined.addLayer(
        "right",
        new Convolution3D.Builder(1, 1, 1).nOut(1).activation(Activation.SIGMOID).build(),
        "input");
    joined.addVertex("gated", new ChannelGate(), "left", "right");
    joined.addVertex("merged", new MergeVertex(), "left", "right", "gated");
    joined.addLayer(
        "conv", new Convolution3D.Builder(2, 2, 2).nOut(TestNetworks.CLASSES).build(), "merged");
    joined.addLayer("pool", TestNetworks.globalAverage(), "conv");
    joined.addLayer("output", TestNetworks.output(), "pool");
    return Stream.of(
        LayerCase.of("gated and merged", joined, List.of(2, 3, 4, 3)),
        LayerCase.of("flattened", flattened, List.of(2, 3, 4, 3)),
        LayerCase.labelled("segmented", segmented, List.of(2, 4, 3, 5)));
  }

  private static Subsampling3DLayer pool(
      PoolingType type, int kernel, int stride, int padding, ConvolutionMode mode) {
    return new Subsampling3DLayer.Builder(type)
        .kernelSize(kernel, kernel, kernel)
        .stride(stride, stride, stride)
        .padding(padding, padding, padding)
        .convolutionMode(mode)
        .build();
  }

  private static GlobalPoolingLayer global(PoolingType type) {
    return new GlobalPoolingLayer.Builder(type).build();
  }
}
