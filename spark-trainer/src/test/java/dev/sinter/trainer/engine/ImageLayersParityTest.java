package dev.sinter.trainer.engine;

import static dev.sinter.trainer.engine.LayerCase.image;
import static dev.sinter.trainer.engine.LayerCase.pooledImage;

import dev.sinter.model.layer.AdaptiveAveragePooling2D;
import dev.sinter.model.layer.GroupNormalization;
import dev.sinter.model.layer.GroupedConvolution2D;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LocalResponseNormalization;
import org.deeplearning4j.nn.conf.layers.PReLULayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.deeplearning4j.nn.conf.layers.convolutional.Cropping2D;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationThresholdedReLU;

class ImageLayersParityTest {
  @ParameterizedTest(name = "{0}")
  @MethodSource({"convolutions", "others", "activations"})
  void layer(LayerCase tested) {
    LayerParity.assertAll(tested);
  }

  /** ND4J's float32 convolution fails for dilated kernels. */
  @Test
  void dilated() {
    LayerParity.assertInDoublePrecision(
        image(
            "depthwise",
            new DepthwiseConvolution2D.Builder(3, 3).dilation(2, 2).padding(1, 2).build()));
    LayerParity.assertInDoublePrecision(
        image(
            "separable",
            new SeparableConvolution2D.Builder(3, 2)
                .dilation(2, 1)
                .nOut(4)
                .convolutionMode(ConvolutionMode.Same)
                .build()));
  }

  static Stream<LayerCase> convolutions() {
    return Stream.of(
        image("depthwise", new DepthwiseConvolution2D.Builder(3, 2).depthMultiplier(2).build()),
        image(
            "depthwise strided and padded, without bias",
            new DepthwiseConvolution2D.Builder(3, 3)
                .stride(2, 1)
                .padding(1, 1)
                .hasBias(false)
                .build()),
        image(
            "depthwise same",
            new DepthwiseConvolution2D.Builder(2, 2)
                .stride(2, 2)
                .convolutionMode(ConvolutionMode.Same)
                .build()),
        image(
            "separable",
            new SeparableConvolution2D.Builder(3, 2).nOut(5).depthMultiplier(2).build()),
        image(
            "separable strided and padded, without bias",
            new SeparableConvolution2D.Builder(3, 3)
                .stride(2, 2)
                .padding(1, 1)
                .nOut(5)
                .hasBias(false)
                .activation(Activation.RELU)
                .build()),
        image(
            "separable same",
            new SeparableConvolution2D.Builder(2, 2)
                .stride(2, 2)
                .convolutionMode(ConvolutionMode.Same)
                .nOut(4)
                .build()),
        image("grouped", new GroupedConvolution2D.Builder(3, 3).groups(3).nOut(9).build()),
        image(
            "grouped strided and padded, without bias",
            new GroupedConvolution2D.Builder(3, 2)
                .groups(2)
                .nOut(4)
                .stride(2, 1)
                .padding(1, 0)
                .hasBias(false)
                .activation(Activation.TANH)
                .build()),
        image(
            "grouped dilated, same",
            new GroupedConvolution2D.Builder(3, 3)
                .groups(6)
                .nOut(6)
                .dilation(2, 2)
                .convolutionMode(ConvolutionMode.Same)
                .build()));
  }

  static Stream<LayerCase> others() {
    return Stream.of(
        image("adaptive pooling to a smaller grid", new AdaptiveAveragePooling2D(4, 3)),
        image("adaptive pooling to whole cells", new AdaptiveAveragePooling2D(3, 1)),
        image("adaptive pooling to the same size", new AdaptiveAveragePooling2D(9, 11)),
        image("adaptive pooling to a larger grid", new AdaptiveAveragePooling2D(13, 7)),
        image("cropping", new Cropping2D.Builder(1, 2, 3, 0).build()),
        image("group normalisation", new GroupNormalization.Builder(3).build()),
        image("instance normalisation", new GroupNormalization.Builder(6).epsilon(1e-3).build()),
        image("local response", new LocalResponseNormalization.Builder().build()),
        image(
            "local response, even width",
            new LocalResponseNormalization.Builder().n(4).k(1).alpha(1e-5).beta(0.5).build()),
        image("PReLU", new PReLULayer.Builder().inputShape(6, 9, 11).build()),
        pooledImage("global sum", new GlobalPoolingLayer.Builder(PoolingType.SUM).build()),
        pooledImage(
            "global norm", new GlobalPoolingLayer.Builder(PoolingType.PNORM).pnorm(3).build()),
        pooledImage("global maximum", new GlobalPoolingLayer.Builder(PoolingType.MAX).build()));
  }

  static Stream<LayerCase> activations() {
    return Stream.of(
            Activation.CUBE.getActivationFunction(),
            Activation.ELU.getActivationFunction(),
            Activation.GELU.getActivationFunction(),
            Activation.HARDSIGMOID.getActivationFunction(),
            Activation.HARDTANH.getActivationFunction(),
            Activation.MISH.getActivationFunction(),
            Activation.RATIONALTANH.getActivationFunction(),
            Activation.RECTIFIEDTANH.getActivationFunction(),
            Activation.RELU6.getActivationFunction(),
            Activation.SELU.getActivationFunction(),
            Activation.SOFTPLUS.getActivationFunction(),
            Activation.SOFTSIGN.getActivationFunction(),
            Activation.SWISH.getActivationFunction(),
            new ActivationThresholdedReLU(0.2))
        .map(function -> image(function.toString(), activation(function)));
  }

  private static Layer activation(IActivation function) {
    return new ActivationLayer.Builder().activation(function).build();
  }
}
