package dev.sinter.trainer.engine.libtorch;

import dev.sinter.trainer.engine.libtorch.Operation.Unary;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.Upsampling1D;
import org.deeplearning4j.nn.conf.layers.Upsampling2D;
import org.deeplearning4j.nn.conf.layers.Upsampling3D;
import org.deeplearning4j.nn.conf.layers.ZeroPadding1DLayer;
import org.deeplearning4j.nn.conf.layers.ZeroPadding3DLayer;
import org.deeplearning4j.nn.conf.layers.ZeroPaddingLayer;
import org.deeplearning4j.nn.conf.layers.convolutional.Cropping1D;
import org.deeplearning4j.nn.conf.layers.convolutional.Cropping2D;
import org.deeplearning4j.nn.conf.layers.convolutional.Cropping3D;

/** Layers without parameters that change the size of an image: padding, cropping, upsampling. */
final class BorderLayers {
  private BorderLayers() {}

  static Optional<Unary> translate(LayerSite site, Layer layer) {
    Class<?> type = layer.getClass();
    if (type == ZeroPadding1DLayer.class) {
      return padding(((ZeroPadding1DLayer) layer).getPadding());
    }
    if (type == ZeroPaddingLayer.class) {
      ZeroPaddingLayer padding = (ZeroPaddingLayer) layer;
      site.require(padding.getDataFormat(), CNN2DFormat.NCHW, "data format");
      return padding(padding.getPadding());
    }
    if (type == ZeroPadding3DLayer.class) {
      return padding(((ZeroPadding3DLayer) layer).getPadding());
    }
    if (type == Cropping1D.class) {
      return Optional.of(new Cropping(((Cropping1D) layer).getCropping()));
    }
    if (type == Cropping2D.class) {
      Cropping2D cropping = (Cropping2D) layer;
      site.require(cropping.getDataFormat(), CNN2DFormat.NCHW, "data format");
      return Optional.of(new Cropping(cropping.getCropping()));
    }
    if (type == Cropping3D.class) {
      return Optional.of(new Cropping(((Cropping3D) layer).getCropping()));
    }
    if (type == Upsampling1D.class) {
      long times = ((Upsampling1D) layer).getSize()[0];
      return Optional.of(new Sequences.AsImage(new Upsampling(times, 1)));
    }
    if (type == Upsampling2D.class) {
      Upsampling2D upsampling = (Upsampling2D) layer;
      site.require(upsampling.getFormat(), CNN2DFormat.NCHW, "data format");
      int[] size = upsampling.getSize();
      return Optional.of(new Upsampling(size[0], size[1]));
    }
    if (type == Upsampling3D.class) {
      Upsampling3D upsampling = (Upsampling3D) layer;
      site.require(upsampling.getDataFormat(), Convolution3D.DataFormat.NCDHW, "data format");
      int[] size = upsampling.getSize();
      return Optional.of(new VolumeUpsampling(size[0], size[1], size[2]));
    }
    return Optional.empty();
  }

  /** DL4J's order: before and after, from the first dimension on. */
  private static Optional<Unary> padding(int[] firstDimensionFirst) {
    int length = firstDimensionFirst.length;
    long[] lastDimensionFirst = new long[length];
    for (int i = 0; i < length; i += 2) {
      lastDimensionFirst[length - 2 - i] = firstDimensionFirst[i];
      lastDimensionFirst[length - 1 - i] = firstDimensionFirst[i + 1];
    }
    return Optional.of(new Window.ZeroPadding(lastDimensionFirst));
  }

  /**
   * Cuts a border off.
   *
   * @param beforeAndAfter for each dimension from the first on
   */
  record Cropping(int[] beforeAndAfter) implements Unary {
    @Override
    public Tensor apply(Tensor input, Pass pass) {
      Tensor output = input;
      for (int i = 0; i < beforeAndAfter.length; i += 2) {
        int dimension = 2 + i / 2;
        long kept = input.size(dimension) - beforeAndAfter[i] - beforeAndAfter[i + 1];
        output = output.narrow(dimension, beforeAndAfter[i], kept);
      }
      return output;
    }
  }
}
