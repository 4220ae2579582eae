package dev.sinter.model;

import dev.sinter.model.layer.AdaptiveAveragePooling2D;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.conf.layers.Deconvolution3D;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.Subsampling3DLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.weights.IWeightInit;
import org.nd4j.linalg.activations.Activation;

/** The layers of a skip between two shapes; none has a bias or an activation. */
final class SkipLayers {
  private SkipLayers() {}

  /** A convolution of one position, or a dense layer for rows. */
  static Layer projection(SkipShape to, IWeightInit weights) {
    return switch (to.kind()) {
      case IMAGE ->
          new ConvolutionLayer.Builder(1, 1)
              .convolutionMode(ConvolutionMode.Truncate)
              .nOut(to.channels())
              .hasBias(false)
              .activation(Activation.IDENTITY)
              .weightInit(weights)
              .build();
      case VOLUME ->
          new Convolution3D.Builder(1, 1, 1)
              .dataFormat(Convolution3D.DataFormat.NCDHW)
              .convolutionMode(ConvolutionMode.Truncate)
              .nOut(to.channels())
              .hasBias(false)
              .activation(Activation.IDENTITY)
              .weightInit(weights)
              .build();
      case ROW ->
          new DenseLayer.Builder()
              .nOut(to.channels())
              .hasBias(false)
              .activation(Activation.IDENTITY)
              .weightInit(weights)
              .build();
      case SEQUENCE -> throw new IllegalArgumentException("a projection of sequences");
    };
  }

  /** Averages over windows: whole ones where they fit. */
  static Layer pooling(SkipShape from, SkipShape to) {
    int[] ratios = from.ratios(to);
    if (to.kind() == InputShape.Kind.VOLUME) {
      return new Subsampling3DLayer.Builder(Subsampling3DLayer.PoolingType.AVG)
          .kernelSize(ratios[0], ratios[1], ratios[2])
          .stride(ratios[0], ratios[1], ratios[2])
          .dataFormat(Convolution3D.DataFormat.NCDHW)
          .convolutionMode(ConvolutionMode.Truncate)
          .build();
    }
    if (ratios.length == 0) {
      return new AdaptiveAveragePooling2D(
          Math.toIntExact(to.positions().get(0)), Math.toIntExact(to.positions().get(1)));
    }
    return new SubsamplingLayer.Builder(SubsamplingLayer.PoolingType.AVG)
        .kernelSize(ratios[0], ratios[1])
        .stride(ratios[0], ratios[1])
        .convolutionMode(ConvolutionMode.Truncate)
        .build();
  }

  /** A transposed convolution whose windows do not overlap. */
  static Layer transposedConvolution(SkipShape from, SkipShape to, IWeightInit weights) {
    int[] ratios = to.ratios(from);
    if (to.kind() == InputShape.Kind.VOLUME) {
      return new Deconvolution3D.Builder()
          .kernelSize(ratios)
          .stride(ratios)
          .dataFormat(Convolution3D.DataFormat.NCDHW)
          .convolutionMode(ConvolutionMode.Truncate)
          .nOut(to.channels())
          .hasBias(false)
          .activation(Activation.IDENTITY)
          .weightInit(weights)
          .build();
    }
    return new Deconvolution2D.Builder(ratios)
        .stride(ratios)
        .padding(0, 0)
        .convolutionMode(ConvolutionMode.Truncate)
        .nOut(to.channels())
        .hasBias(false)
        .activation(Activation.IDENTITY)
        .weightInit(weights)
        .build();
  }
}
