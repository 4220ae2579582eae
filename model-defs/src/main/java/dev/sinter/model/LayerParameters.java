package dev.sinter.model;

import dev.sinter.model.layer.GroupNormalization;
import dev.sinter.model.layer.GroupedConvolution2D;
import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.conf.layers.Deconvolution3D;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PReLULayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.wrapper.BaseWrapperLayer;

/** The tensors of one layer, in the order of its parameter initialiser. */
final class LayerParameters {
  private final String vertex;
  private final List<ParameterTensor> tensors = new ArrayList<>();
  private String keyPrefix = "";
  private long offset;

  private LayerParameters(String vertex, long offset) {
    this.vertex = vertex;
    this.offset = offset;
  }

  /**
   * Places a layer's tensors from an offset on.
   *
   * @throws IllegalArgumentException for a layer whose parameters this class does not know
   */
  static List<ParameterTensor> of(String vertex, Layer layer, long offset) {
    LayerParameters parameters = new LayerParameters(vertex, offset);
    parameters.place(layer);
    return parameters.tensors;
  }

  private void place(Layer layer) {
    Class<?> type = layer.getClass();
    if (layer instanceof ConvolutionLayer convolution) {
      bias(convolution.hasBias(), convolution.getNOut());
      kernels(convolution);
    } else if (type == BatchNormalization.class) {
      batchNorm((BatchNormalization) layer);
    } else if (type == GroupNormalization.class) {
      long channels = ((GroupNormalization) layer).getNOut();
      trainable("gamma", 'c', channels);
      trainable("beta", 'c', channels);
    } else if (type == DenseLayer.class) {
      DenseLayer dense = (DenseLayer) layer;
      matrix(dense, dense.hasBias());
      if (dense.hasLayerNorm()) {
        trainable("g", 'c', dense.getNOut());
      }
    } else if (type == OutputLayer.class || type == RnnOutputLayer.class) {
      FeedForwardLayer output = (FeedForwardLayer) layer;
      matrix(output, ((org.deeplearning4j.nn.conf.layers.BaseOutputLayer) output).hasBias());
    } else if (type == LSTM.class) {
      LSTM lstm = (LSTM) layer;
      trainable("W", 'f', lstm.getNIn(), 4 * lstm.getNOut());
      trainable("RW", 'f', lstm.getNOut(), 4 * lstm.getNOut());
      trainable("b", 'c', 4 * lstm.getNOut());
    } else if (type == PReLULayer.class) {
      slopes((PReLULayer) layer);
    } else if (layer instanceof BaseWrapperLayer wrapper) {
      place(wrapper.getUnderlying());
    } else if (type == Bidirectional.class) {
      Bidirectional both = (Bidirectional) layer;
      String outer = keyPrefix;
      keyPrefix = outer + "f";
      place(both.getFwd());
      keyPrefix = outer + "b";
      place(both.getBwd());
      keyPrefix = outer;
    } else if (type == FrozenLayer.class) {
      place(((FrozenLayer) layer).getLayer());
    } else if (type == FrozenLayerWithBackprop.class) {
      place(((FrozenLayerWithBackprop) layer).getUnderlying());
    } else {
      throw unknown(layer);
    }
  }

  private IllegalArgumentException unknown(Layer layer) {
    return new IllegalArgumentException(
        "vertex " + vertex + ": no known parameter layout for " + layer.getClass().getName());
  }

  private void bias(boolean present, long length) {
    if (present) {
      trainable("b", 'c', length);
    }
  }

  private void kernels(ConvolutionLayer layer) {
    Class<?> type = layer.getClass();
    int[] k = layer.getKernelSize();
    long in = layer.getNIn();
    long out = layer.getNOut();
    if (type == Deconvolution2D.class) {
      trainable("W", 'c', in, out, k[0], k[1]);
    } else if (type == Deconvolution3D.class) {
      trainable("W", 'c', k[0], k[1], k[2], out, in);
    } else if (type == Convolution3D.class) {
      trainable("W", 'c', out, in, k[0], k[1], k[2]);
    } else if (type == DepthwiseConvolution2D.class) {
      int multiplier = ((DepthwiseConvolution2D) layer).getDepthMultiplier();
      trainable("W", 'c', k[0], k[1], in, multiplier);
    } else if (type == SeparableConvolution2D.class) {
      int multiplier = ((SeparableConvolution2D) layer).getDepthMultiplier();
      trainable("W", 'c', multiplier, in, k[0], k[1]);
      trainable("pW", 'c', out, in * multiplier, 1, 1);
    } else if (type == GroupedConvolution2D.class) {
      trainable("W", 'c', out, in / ((GroupedConvolution2D) layer).getGroups(), k[0], k[1]);
    } else if (type == ConvolutionLayer.class
        || type == org.deeplearning4j.nn.conf.layers.Convolution2D.class) {
      trainable("W", 'c', out, in, k[0], k[1]);
    } else if (layer instanceof Convolution1DLayer) {
      trainable("W", 'c', out, in, k[0], 1); // its second kernel size means nothing
    } else {
      throw unknown(layer);
    }
  }

  private void batchNorm(BatchNormalization norm) {
    if (!norm.isLockGammaBeta()) {
      trainable("gamma", 'c', norm.getNOut());
      trainable("beta", 'c', norm.getNOut());
    }
    add("mean", 'c', ParameterTensor.Role.RUNNING_MEAN, norm.getNOut());
    String variance = norm.isUseLogStd() ? "log10stdev" : "var";
    add(variance, 'c', ParameterTensor.Role.RUNNING_VARIANCE, norm.getNOut());
  }

  private void matrix(FeedForwardLayer layer, boolean hasBias) {
    trainable("W", 'f', layer.getNIn(), layer.getNOut());
    bias(hasBias, layer.getNOut());
  }

  private void slopes(PReLULayer layer) {
    long[] shape = layer.getInputShape().clone();
    if (layer.getSharedAxes() != null) {
      for (long axis : layer.getSharedAxes()) {
        shape[(int) axis - 1] = 1;
      }
    }
    trainable("W", 'f', shape);
  }

  private void trainable(String key, char order, long... shape) {
    add(key, order, ParameterTensor.Role.TRAINABLE, shape);
  }

  private void add(String key, char order, ParameterTensor.Role role, long... shape) {
    ParameterTensor tensor =
        new ParameterTensor(vertex, keyPrefix + key, offset, shape, order, role);
    tensors.add(tensor);
    offset += tensor.length();
  }
}
