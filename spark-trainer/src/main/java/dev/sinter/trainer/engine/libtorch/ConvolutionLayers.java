package dev.sinter.trainer.engine.libtorch;

import dev.sinter.model.layer.GroupedConvolution2D;
import dev.sinter.trainer.engine.libtorch.Operation.Sequence;
import dev.sinter.trainer.engine.libtorch.Operation.Unary;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.layers.Convolution1D;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.Convolution2D;
import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.conf.layers.Deconvolution3D;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;

/** Convolutions and transposed convolutions. */
final class ConvolutionLayers {
  private ConvolutionLayers() {}

  static Optional<Unary> translate(LayerSite site, Layer layer) {
    return layer instanceof ConvolutionLayer convolution
        ? Optional.ofNullable(convolution(site, convolution))
        : Optional.empty();
  }

  /** By exact class, since a subclass computes something else; null for an unknown one. */
  private static Unary convolution(LayerSite site, ConvolutionLayer layer) {
    Class<?> type = layer.getClass();
    if (type == Convolution3D.class) {
      site.require(
          ((Convolution3D) layer).getDataFormat(), Convolution3D.DataFormat.NCDHW, "data format");
      return new GeneralConvolution(
          site.weights("W", layer.hasBias()), kernel -> kernel, window(site, layer), 1);
    }
    if (type == Deconvolution3D.class) {
      site.require(
          ((Deconvolution3D) layer).getDataFormat(), Convolution3D.DataFormat.NCDHW, "data format");
      return new VolumeDeconvolution(site.weights("W", layer.hasBias()), window(site, layer));
    }
    if (type == Convolution1DLayer.class || type == Convolution1D.class) {
      return ofSequence(site, (Convolution1DLayer) layer);
    }
    site.require(layer.getCnn2dDataFormat(), CNN2DFormat.NCHW, "data format");
    if (type == ConvolutionLayer.class || type == Convolution2D.class) {
      return new Convolution(site.weights("W", layer.hasBias()), window(site, layer));
    }
    if (type == Deconvolution2D.class) {
      return new Deconvolution(site.weights("W", layer.hasBias()), window(site, layer));
    }
    if (type == DepthwiseConvolution2D.class) {
      // DL4J's kernels are (height, width, in, multiplier).
      return new GeneralConvolution(
          site.weights("W", layer.hasBias()),
          kernel -> byChannel(kernel.permute(2, 3, 0, 1)),
          window(site, layer),
          layer.getNIn());
    }
    if (type == SeparableConvolution2D.class) {
      return separable(site, layer);
    }
    if (type == GroupedConvolution2D.class) {
      return new GeneralConvolution(
          site.weights("W", layer.hasBias()),
          kernel -> kernel,
          window(site, layer),
          ((GroupedConvolution2D) layer).getGroups());
    }
    return null;
  }

  private static Unary separable(LayerSite site, ConvolutionLayer layer) {
    // DL4J's kernels are (multiplier, in, height, width).
    Unary depthwise =
        new GeneralConvolution(
            site.weights("W", false),
            kernel -> byChannel(kernel.permute(1, 0, 2, 3)),
            window(site, layer),
            layer.getNIn());
    Window point =
        Window.of(
            site.vertex(),
            new int[] {1, 1},
            new int[] {1, 1},
            new int[2],
            new int[] {1, 1},
            ConvolutionMode.Truncate);
    return new Sequence(
        List.of(depthwise, new Convolution(site.weights("pW", layer.hasBias()), point)));
  }

  /** (in, multiplier, height, width) as one kernel per output channel. */
  private static Tensor byChannel(Tensor kernel) {
    return kernel.flatten(0, 1).unsqueeze(1);
  }

  /** A sequence is an image of width 1. */
  private static Unary ofSequence(LayerSite site, Convolution1DLayer layer) {
    Preprocessors.requireChannelsFirst(site, layer.getRnnDataFormat());
    boolean causal = layer.getConvolutionMode() == ConvolutionMode.Causal;
    Window window =
        Sequences.window(
            site.vertex(),
            layer.getKernelSize(),
            layer.getStride(),
            causal ? new int[2] : layer.getPadding(),
            layer.getDilation(),
            causal ? ConvolutionMode.Truncate : layer.getConvolutionMode());
    Unary convolution =
        new Sequences.AsImage(
            new GeneralConvolution(
                site.weights("W", layer.hasBias()), ConvolutionLayers::ofSteps, window, 1));
    return causal
        ? new Sequence(
            List.of(new Window.ZeroPadding(new long[] {window.extent(0) - 1, 0}), convolution))
        : convolution;
  }

  /** DL4J declares (out, in, steps, 1), but reads the same memory as (steps, in, out). */
  private static Tensor ofSteps(Tensor kernel) {
    return kernel
        .reshape(kernel.size(2), kernel.size(1), kernel.size(0))
        .permute(2, 1, 0)
        .unsqueeze(-1);
  }

  private static Window window(LayerSite site, ConvolutionLayer layer) {
    return Window.of(
        site.vertex(),
        layer.getKernelSize(),
        layer.getStride(),
        layer.getPadding(),
        layer.getDilation(),
        layer.getConvolutionMode());
  }
}
