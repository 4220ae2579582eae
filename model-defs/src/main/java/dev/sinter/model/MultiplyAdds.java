package dev.sinter.model;

import dev.sinter.model.layer.GroupedConvolution2D;
import java.util.Arrays;
import java.util.List;
import org.deeplearning4j.nn.conf.layers.BaseOutputLayer;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.conf.layers.Deconvolution3D;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.wrapper.BaseWrapperLayer;

/** Counts the multiply-adds of a layer's forward pass for one sample. */
final class MultiplyAdds {
  private MultiplyAdds() {}

  /**
   * Counts those of one layer.
   *
   * @param input one sample's shape, channels first
   * @param output one sample's shape, channels first
   */
  static long of(Layer layer, List<Long> input, List<Long> output) {
    if (layer instanceof ConvolutionLayer convolution) {
      // A transposed convolution applies its kernel once per input position.
      boolean transposed = layer instanceof Deconvolution2D || layer instanceof Deconvolution3D;
      return perPosition(convolution) * positions(transposed ? input : output);
    }
    if (layer instanceof LSTM lstm) {
      return 4 * lstm.getNOut() * (lstm.getNIn() + lstm.getNOut()) * positions(input);
    }
    if (layer instanceof DenseLayer || layer instanceof BaseOutputLayer) {
      FeedForwardLayer dense = (FeedForwardLayer) layer;
      return dense.getNIn() * dense.getNOut() * positions(output);
    }
    if (layer instanceof Bidirectional both) {
      return of(both.getFwd(), input, output) + of(both.getBwd(), input, output);
    }
    if (layer instanceof BaseWrapperLayer wrapper) {
      return of(wrapper.getUnderlying(), input, output);
    }
    if (layer instanceof FrozenLayer frozen) {
      return of(frozen.getLayer(), input, output);
    }
    if (layer instanceof FrozenLayerWithBackprop frozen) {
      return of(frozen.getUnderlying(), input, output);
    }
    return 0;
  }

  private static long perPosition(ConvolutionLayer layer) {
    long dimensions = layer instanceof Convolution1DLayer ? 1 : layer.getKernelSize().length;
    long kernel =
        Arrays.stream(layer.getKernelSize())
            .asLongStream()
            .limit(dimensions)
            .reduce(1, (a, b) -> a * b);
    long in = layer.getNIn();
    long out = layer.getNOut();
    if (layer instanceof DepthwiseConvolution2D) {
      return out * kernel;
    }
    if (layer instanceof SeparableConvolution2D separable) {
      return in * separable.getDepthMultiplier() * (kernel + out);
    }
    if (layer instanceof GroupedConvolution2D grouped) {
      return in / grouped.getGroups() * out * kernel;
    }
    return in * out * kernel;
  }

  private static long positions(List<Long> shape) {
    return shape.stream().skip(1).reduce(1L, (a, b) -> a * b);
  }
}
