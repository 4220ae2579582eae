package dev.sinter.trainer.engine.libtorch;

import dev.sinter.model.layer.AdaptiveAveragePooling2D;
import dev.sinter.trainer.engine.libtorch.Operation.Unary;
import dev.sinter.trainer.engine.libtorch.Pooling.Average.Divisor;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.Pooling1D;
import org.deeplearning4j.nn.conf.layers.Pooling2D;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.Subsampling1DLayer;
import org.deeplearning4j.nn.conf.layers.Subsampling3DLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;

/** Pooling over windows or over all positions. */
final class PoolingLayers {
  private PoolingLayers() {}

  static Optional<Unary> translate(LayerSite site, Layer layer) {
    Class<?> type = layer.getClass();
    if (type == SubsamplingLayer.class || type == Pooling2D.class) {
      return Optional.of(ofImage(site, (SubsamplingLayer) layer));
    }
    if (type == Subsampling1DLayer.class || type == Pooling1D.class) {
      return Optional.of(ofSequence(site, (SubsamplingLayer) layer));
    }
    if (type == Subsampling3DLayer.class) {
      return Optional.of(ofVolume(site, (Subsampling3DLayer) layer));
    }
    if (type == AdaptiveAveragePooling2D.class) {
      AdaptiveAveragePooling2D pooling = (AdaptiveAveragePooling2D) layer;
      return Optional.of(new Pooling.AverageToGrid(pooling.getHeight(), pooling.getWidth()));
    }
    if (type == GlobalPoolingLayer.class) {
      return Optional.of(global(site, (GlobalPoolingLayer) layer));
    }
    return Optional.empty();
  }

  private static Unary ofImage(LayerSite site, SubsamplingLayer layer) {
    site.require(layer.getCnn2dDataFormat(), CNN2DFormat.NCHW, "data format");
    Window window =
        Window.of(
            site.vertex(),
            layer.getKernelSize(),
            layer.getStride(),
            layer.getPadding(),
            layer.getDilation(),
            layer.getConvolutionMode());
    return pooling(site, layer.getPoolingType(), window, divisor(layer));
  }

  private static Unary ofSequence(LayerSite site, SubsamplingLayer layer) {
    site.require(layer.getCnn2dDataFormat(), CNN2DFormat.NCHW, "data format");
    Window window =
        Sequences.window(
            site.vertex(),
            layer.getKernelSize(),
            layer.getStride(),
            layer.getPadding(),
            layer.getDilation(),
            layer.getConvolutionMode());
    return new Sequences.AsImage(pooling(site, layer.getPoolingType(), window, divisor(layer)));
  }

  private static Unary ofVolume(LayerSite site, Subsampling3DLayer layer) {
    site.require(layer.getDataFormat(), Convolution3D.DataFormat.NCDHW, "data format");
    Window window =
        Window.of(
            site.vertex(),
            layer.getKernelSize(),
            layer.getStride(),
            layer.getPadding(),
            layer.getDilation(),
            layer.getConvolutionMode());
    return pooling(site, layer.getPoolingType(), window, Divisor.PIXELS);
  }

  private static Divisor divisor(SubsamplingLayer layer) {
    return layer.isAvgPoolIncludePadInDivisor() ? Divisor.KERNEL : Divisor.PIXELS;
  }

  private static Unary pooling(LayerSite site, PoolingType type, Window window, Divisor divisor) {
    if (type == PoolingType.MAX) {
      return new Pooling.Maximum(window);
    }
    boolean dilated = Arrays.stream(window.dilation()).anyMatch(distance -> distance != 1);
    if (type != PoolingType.AVG || dilated) {
      throw site.refusal("pooling " + type + (dilated ? " with dilation" : ""));
    }
    return new Pooling.Average(window, divisor);
  }

  private static Unary global(LayerSite site, GlobalPoolingLayer layer) {
    Unary pooling =
        switch (layer.getPoolingType()) {
          case AVG -> new Pooling.GlobalAverage(!layer.isCollapseDimensions());
          case MAX -> new Pooling.GlobalMaximum(!layer.isCollapseDimensions());
          case SUM -> new Pooling.GlobalSum(!layer.isCollapseDimensions());
          case PNORM -> new Pooling.GlobalNorm(layer.getPnorm(), !layer.isCollapseDimensions());
        };
    int[] dimensions = layer.getPoolingDimensions();
    if (dimensions == null) {
      return pooling;
    }
    int[] positions = IntStream.range(2, 2 + dimensions.length).toArray();
    if (!Arrays.equals(dimensions, positions)) {
      throw site.refusal("global pooling over dimensions " + Arrays.toString(dimensions));
    }
    return (input, pass) -> {
      if (input.dim() != 2 + dimensions.length) {
        throw site.refusal("global pooling over some of the positions");
      }
      return pooling.apply(input, pass);
    };
  }
}
