package dev.sinter.trainer.engine.libtorch;

import dev.sinter.trainer.engine.libtorch.Operation.Unary;
import java.util.Optional;
import org.bytedeco.pytorch.TensorOptional;
import org.deeplearning4j.nn.conf.dropout.IDropout;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.CnnLossLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.Upsampling2D;
import org.deeplearning4j.nn.conf.layers.ZeroPaddingLayer;

/** Translates one layer, without its activation, dropout and preprocessor. */
final class LayerTranslator {
  private final ParameterTensors parameters;

  LayerTranslator(ParameterTensors parameters) {
    this.parameters = parameters;
  }

  /** What the layer computes before its activation; logits for an output layer. */
  Unary translate(String vertex, Layer layer) {
    // By exact class: a subclass computes something else.
    Class<?> type = layer.getClass();
    if (type == ConvolutionLayer.class) {
      ConvolutionLayer convolution = (ConvolutionLayer) layer;
      return new Convolution(weights(vertex, convolution.hasBias()), windowOf(vertex, convolution));
    }
    if (type == Deconvolution2D.class) {
      Deconvolution2D deconvolution = (Deconvolution2D) layer;
      return new Deconvolution(
          weights(vertex, deconvolution.hasBias()), windowOf(vertex, deconvolution));
    }
    if (type == BatchNormalization.class) {
      return batchNorm(vertex, (BatchNormalization) layer);
    }
    if (type == SubsamplingLayer.class) {
      return pooling(vertex, (SubsamplingLayer) layer);
    }
    if (type == GlobalPoolingLayer.class) {
      return globalPooling(vertex, (GlobalPoolingLayer) layer);
    }
    if (type == DenseLayer.class) {
      DenseLayer dense = (DenseLayer) layer;
      if (dense.hasLayerNorm()) {
        throw UnsupportedLayer.at(vertex, "layer normalisation in a dense layer");
      }
      return new Dense(weights(vertex, dense.hasBias()));
    }
    if (type == OutputLayer.class) {
      return new Dense(weights(vertex, ((OutputLayer) layer).hasBias()));
    }
    if (type == Upsampling2D.class) {
      int[] size = ((Upsampling2D) layer).getSize();
      return new Upsampling(size[0], size[1]);
    }
    if (type == ZeroPaddingLayer.class) {
      int[] padding = ((ZeroPaddingLayer) layer).getPadding();
      return new Window.ZeroPadding(new long[] {padding[2], padding[3], padding[0], padding[1]});
    }
    if (type == ActivationLayer.class
        || type == DropoutLayer.class
        || type == LossLayer.class
        || type == CnnLossLayer.class) {
      return Activations.IDENTITY;
    }
    throw UnsupportedLayer.at(vertex, type);
  }

  /** The dropout that DL4J applies to the input of this layer. */
  static Optional<Unary> dropoutBefore(String vertex, Layer layer) {
    IDropout dropout = layer.getIDropout();
    boolean applied =
        layer instanceof ConvolutionLayer
            || layer instanceof DenseLayer
            || layer instanceof OutputLayer
            || layer instanceof DropoutLayer
            || layer instanceof Upsampling2D;
    if (dropout == null || !applied) {
      return Optional.empty();
    }
    if (dropout instanceof org.deeplearning4j.nn.conf.dropout.Dropout plain
        && plain.getPSchedule() == null) {
      return plain.getP() == 1.0 ? Optional.empty() : Optional.of(new Dropout(plain.getP()));
    }
    throw UnsupportedLayer.at(vertex, dropout.getClass());
  }

  private Weights weights(String vertex, boolean hasBias) {
    return new Weights(
        parameters.get(vertex, "W"),
        hasBias ? Optional.of(parameters.get(vertex, "b")) : Optional.empty());
  }

  private static Window windowOf(String vertex, ConvolutionLayer layer) {
    return Window.of(
        vertex,
        layer.getKernelSize(),
        layer.getStride(),
        layer.getPadding(),
        layer.getDilation(),
        layer.getConvolutionMode());
  }

  private Unary batchNorm(String vertex, BatchNormalization layer) {
    if (layer.isUseLogStd()) {
      throw UnsupportedLayer.at(vertex, "batch normalisation with useLogStd(true)");
    }
    if (layer.isLockGammaBeta() && (layer.getGamma() != 1.0 || layer.getBeta() != 0.0)) {
      throw UnsupportedLayer.at(vertex, "a locked gamma other than 1 or beta other than 0");
    }
    return new BatchNorm(
        layer.isLockGammaBeta() ? nothing() : parameters.get(vertex, "gamma").optional(),
        layer.isLockGammaBeta() ? nothing() : parameters.get(vertex, "beta").optional(),
        parameters.get(vertex, "mean"),
        parameters.get(vertex, "var"),
        layer.getEps());
  }

  private static TensorOptional nothing() {
    TensorOptional nothing = new TensorOptional();
    nothing.retainReference();
    return nothing;
  }

  private static Unary pooling(String vertex, SubsamplingLayer layer) {
    Window window =
        Window.of(
            vertex,
            layer.getKernelSize(),
            layer.getStride(),
            layer.getPadding(),
            layer.getDilation(),
            layer.getConvolutionMode());
    if (layer.getPoolingType() == PoolingType.MAX) {
      return new Pooling.Maximum(window);
    }
    boolean dilated = window.dilation()[0] != 1 || window.dilation()[1] != 1;
    if (layer.getPoolingType() != PoolingType.AVG || dilated) {
      throw UnsupportedLayer.at(
          vertex, "pooling " + layer.getPoolingType() + (dilated ? " with dilation" : ""));
    }
    return new Pooling.Average(
        window,
        layer.isAvgPoolIncludePadInDivisor()
            ? Pooling.Average.Divisor.KERNEL
            : Pooling.Average.Divisor.PIXELS);
  }

  private static Unary globalPooling(String vertex, GlobalPoolingLayer layer) {
    boolean keepsDimensions = !layer.isCollapseDimensions();
    return switch (layer.getPoolingType()) {
      case AVG -> new Pooling.GlobalAverage(keepsDimensions);
      case MAX -> new Pooling.GlobalMaximum(keepsDimensions);
      default -> throw UnsupportedLayer.at(vertex, "global pooling " + layer.getPoolingType());
    };
  }
}
