package dev.sinter.model.pretrained.onnx;

import static dev.sinter.model.pretrained.onnx.OnnxExport.unsupported;

import dev.sinter.model.layer.AdaptiveAveragePooling2D;
import dev.sinter.model.layer.GroupNormalization;
import dev.sinter.model.layer.GroupedConvolution2D;
import dev.sinter.model.pretrained.WeightTensor;
import dev.sinter.model.pretrained.onnx.OnnxGraphWriter.Attributes;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.Cnn3DLossLayer;
import org.deeplearning4j.nn.conf.layers.CnnLossLayer;
import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.conf.layers.Deconvolution3D;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.deeplearning4j.nn.conf.layers.Subsampling3DLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.Upsampling2D;
import org.deeplearning4j.nn.conf.layers.Upsampling3D;
import org.deeplearning4j.nn.conf.layers.ZeroPaddingLayer;
import org.deeplearning4j.nn.conf.preprocessor.CnnToFeedForwardPreProcessor;

/** DL4J's layers as ONNX nodes. */
final class OnnxLayers {
  private static final int CHANNELS = 1;
  private static final int LAST = -1;

  private final OnnxGraphWriter graph;

  OnnxLayers(OnnxGraphWriter graph) {
    this.graph = graph;
  }

  /**
   * Adds a layer; returns the name of its output.
   *
   * @param axes of its output, without the batch
   */
  String layer(
      String vertex, LayerVertex site, Map<String, WeightTensor> weights, int axes, String input) {
    String x = input;
    if (site.getPreProcessor() instanceof CnnToFeedForwardPreProcessor) {
      x = graph.node("Flatten", vertex + "/flatten", new Attributes().whole("axis", 1), x);
    } else if (site.getPreProcessor() != null) {
      throw unsupported(vertex, site.getPreProcessor().getClass());
    }
    Layer layer = site.getLayerConf().getLayer();
    if (layer instanceof DropoutLayer) {
      return x;
    }
    if (layer instanceof CnnLossLayer || layer instanceof Cnn3DLossLayer) {
      return activated(vertex, (BaseLayer) layer, x, CHANNELS);
    }
    if (layer.getClass() == LSTM.class) {
      return new OnnxRecurrent(graph).lstm(vertex, (LSTM) layer, weights, x);
    }
    if (layer instanceof ActivationLayer activation) {
      return OnnxActivations.apply(graph, vertex, activation.getActivationFn(), x, LAST);
    }
    if (layer instanceof LossLayer loss) {
      return activated(vertex, loss, x, LAST);
    }
    if (layer instanceof GroupNormalization norm) {
      return groupNorm(vertex, norm, weights, axes, x);
    }
    String linear = linear(vertex, layer, weights, x);
    return layer instanceof BaseLayer base && !(layer instanceof BatchNormalization)
        ? activated(vertex + "/activation", base, linear, LAST)
        : linear;
  }

  /** A grid of means: over windows where the image is a multiple of it, else two products. */
  String grid(String vertex, AdaptiveAveragePooling2D grid, List<Long> image, String x) {
    long height = image.get(1);
    long width = image.get(2);
    if (height == grid.getHeight() && width == grid.getWidth()) {
      return x;
    }
    if (height % grid.getHeight() == 0 && width % grid.getWidth() == 0) {
      long[] window = {height / grid.getHeight(), width / grid.getWidth()};
      return graph.node(
          "AveragePool",
          vertex,
          new Attributes().wholes("kernel_shape", window).wholes("strides", window),
          x);
    }
    String rows = graph.weights(means(vertex + "/rows", grid.getHeight(), (int) height));
    String columns = graph.weights(means(vertex + "/columns", grid.getWidth(), (int) width));
    Attributes turned = new Attributes().wholes("perm", 1, 0);
    return graph.node(
        "MatMul",
        vertex,
        new Attributes(),
        graph.node("MatMul", vertex + "/by-row", new Attributes(), rows, x),
        graph.node("Transpose", vertex + "/by-column", turned, columns));
  }

  /** What each cell takes of each place, (cells, places). */
  private static WeightTensor means(String name, int cells, int places) {
    float[] shares = new float[cells * places];
    for (int cell = 0; cell < cells; cell++) {
      int begin = cell * places / cells;
      int end = ((cell + 1) * places + cells - 1) / cells;
      Arrays.fill(shares, cell * places + begin, cell * places + end, 1f / (end - begin));
    }
    return WeightTensor.of(name, new long[] {cells, places}, shares);
  }

  private String linear(String vertex, Layer layer, Map<String, WeightTensor> weights, String x) {
    if (layer instanceof ConvolutionLayer convolution) {
      return convolution(vertex, convolution, weights, x);
    }
    if (layer instanceof BatchNormalization norm) {
      return batchNorm(vertex, norm, weights, x);
    }
    if ((layer.getClass() == DenseLayer.class && !((DenseLayer) layer).hasLayerNorm())
        || layer.getClass() == OutputLayer.class) {
      Attributes transposed = new Attributes().whole("transB", 1);
      return graph.node("Gemm", vertex, transposed, withParameters(x, weights, "W", "b"));
    }
    if (layer instanceof SubsamplingLayer pool) {
      return pool(
          vertex,
          pool.getPoolingType(),
          pool.isAvgPoolIncludePadInDivisor(),
          window(
              pool.getConvolutionMode(), pool.getKernelSize(), pool.getStride(), pool.getPadding()),
          x);
    }
    if (layer instanceof Subsampling3DLayer pool) {
      return pool(
          vertex,
          pool.getPoolingType(),
          false,
          window(
              pool.getConvolutionMode(), pool.getKernelSize(), pool.getStride(), pool.getPadding()),
          x);
    }
    if (layer instanceof GlobalPoolingLayer pool && pool.isCollapseDimensions()) {
      String operator =
          switch (pool.getPoolingType()) {
            case AVG -> "GlobalAveragePool";
            case MAX -> "GlobalMaxPool";
            default -> throw unsupported(vertex, "pooling " + pool.getPoolingType());
          };
      String pooled = graph.node(operator, vertex + "/pool", new Attributes(), x);
      return graph.node("Flatten", vertex, new Attributes().whole("axis", 1), pooled);
    }
    if (layer instanceof Upsampling2D up) {
      return upsampled(vertex, x, up.getSize());
    }
    if (layer instanceof Upsampling3D up) {
      return upsampled(vertex, x, up.getSize());
    }
    if (layer instanceof ZeroPaddingLayer padding) {
      int[] p = padding.getPadding(); // top, bottom, left, right
      String pads = graph.wholes(vertex + "/pads", 0, 0, p[0], p[2], 0, 0, p[1], p[3]);
      return graph.node("Pad", vertex, new Attributes(), x, pads);
    }
    throw unsupported(vertex, layer.getClass());
  }

  private String convolution(
      String vertex, ConvolutionLayer layer, Map<String, WeightTensor> weights, String x) {
    if (layer instanceof SeparableConvolution2D) {
      throw unsupported(vertex, layer.getClass());
    }
    int dimensions = layer instanceof Convolution3D || layer instanceof Deconvolution3D ? 3 : 2;
    if (layer.getKernelSize().length != dimensions
        || (dimensions == 2 && weights.get("W").shape().length != 4)
        || layer.getClass().getSimpleName().contains("1D")) {
      throw unsupported(vertex, layer.getClass());
    }
    boolean transposed = layer instanceof Deconvolution2D || layer instanceof Deconvolution3D;
    Attributes attributes =
        window(
            layer.getConvolutionMode(),
            layer.getKernelSize(),
            layer.getStride(),
            layer.getPadding());
    attributes.wholes("dilations", longs(layer.getDilation()));
    if (layer instanceof GroupedConvolution2D grouped) {
      attributes.whole("group", grouped.getGroups());
    } else if (layer instanceof DepthwiseConvolution2D) {
      attributes.whole("group", layer.getNIn());
    }
    return graph.node(
        transposed ? "ConvTranspose" : "Conv",
        vertex,
        attributes,
        withParameters(x, weights, "W", "b"));
  }

  private String batchNorm(
      String vertex, BatchNormalization norm, Map<String, WeightTensor> weights, String x) {
    if (norm.isUseLogStd()) {
      throw unsupported(vertex, "BatchNormalization with useLogStd");
    }
    String[] inputs = new String[5];
    inputs[0] = x;
    String mean = graph.weights(weights.get("mean"));
    float[] constant = new float[(int) norm.getNOut()];
    if (norm.isLockGammaBeta()) {
      Arrays.fill(constant, (float) norm.getGamma());
      inputs[1] = graph.weights(WeightTensor.of(vertex + "/gamma", shape(norm), constant.clone()));
      Arrays.fill(constant, (float) norm.getBeta());
      inputs[2] = graph.weights(WeightTensor.of(vertex + "/beta", shape(norm), constant.clone()));
    } else {
      inputs[1] = graph.weights(weights.get("gamma"));
      inputs[2] = graph.weights(weights.get("beta"));
    }
    inputs[3] = mean;
    inputs[4] = graph.weights(weights.get("var"));
    return graph.node(
        "BatchNormalization", vertex, new Attributes().real("epsilon", norm.getEps()), inputs);
  }

  private static long[] shape(BatchNormalization norm) {
    return new long[] {norm.getNOut()};
  }

  /** Opset 13 has none: groups become the channels of an instance normalisation. */
  private String groupNorm(
      String vertex,
      GroupNormalization norm,
      Map<String, WeightTensor> weights,
      int axes,
      String x) {
    int groups = norm.getGroups();
    float[] ones = new float[groups];
    Arrays.fill(ones, 1);
    String shape = graph.node("Shape", vertex + "/shape", new Attributes(), x);
    String byGroup = graph.wholes(vertex + "/by-group", 0, groups, -1);
    String y = graph.node("Reshape", vertex + "/groups", new Attributes(), x, byGroup);
    long[] perGroup = {groups};
    String scale = graph.weights(WeightTensor.of(vertex + "/ones", perGroup, ones));
    String shift = graph.weights(WeightTensor.of(vertex + "/zeros", perGroup, new float[groups]));
    Attributes epsilon = new Attributes().real("epsilon", norm.getEpsilon());
    y = graph.node("InstanceNormalization", vertex + "/normalised", epsilon, y, scale, shift);
    y = graph.node("Reshape", vertex + "/restored", new Attributes(), y, shape);
    String gamma = perChannel(weights.get("gamma"), axes);
    String beta = perChannel(weights.get("beta"), axes);
    y = graph.node("Mul", vertex + "/scaled", new Attributes(), y, gamma);
    return graph.node("Add", vertex, new Attributes(), y, beta);
  }

  /** A vector over the channels as (C, 1, 1), which meets (N, C, H, W) element by element. */
  private String perChannel(WeightTensor vector, int axes) {
    long[] shape = new long[axes];
    Arrays.fill(shape, 1);
    shape[0] = vector.length();
    return graph.weights(WeightTensor.of(vector.name(), shape, vector.floats()));
  }

  private String pool(
      String vertex, PoolingType type, boolean countPadding, Attributes window, String x) {
    return switch (type) {
      case MAX -> graph.node("MaxPool", vertex, window, x);
      case AVG ->
          graph.node(
              "AveragePool", vertex, window.whole("count_include_pad", countPadding ? 1 : 0), x);
      default -> throw unsupported(vertex, "pooling " + type);
    };
  }

  private String upsampled(String vertex, String x, int[] size) {
    float[] scales = new float[size.length + 2];
    scales[0] = 1;
    scales[1] = 1;
    for (int i = 0; i < size.length; i++) {
      scales[i + 2] = size[i];
    }
    String factors =
        graph.weights(WeightTensor.of(vertex + "/scales", new long[] {scales.length}, scales));
    Attributes nearest =
        new Attributes()
            .text("mode", "nearest")
            .text("coordinate_transformation_mode", "asymmetric")
            .text("nearest_mode", "floor");
    return graph.node("Resize", vertex, nearest, x, "", factors);
  }

  private static Attributes window(
      ConvolutionMode mode, int[] kernel, int[] stride, int[] padding) {
    Attributes attributes =
        new Attributes().wholes("kernel_shape", longs(kernel)).wholes("strides", longs(stride));
    if (mode == ConvolutionMode.Same) {
      return attributes.text("auto_pad", "SAME_UPPER");
    }
    long[] pads = new long[2 * kernel.length];
    for (int i = 0; i < pads.length; i++) {
      pads[i] = padding[i % kernel.length];
    }
    return attributes.wholes("pads", pads);
  }

  private String[] withParameters(String x, Map<String, WeightTensor> weights, String... keys) {
    String[] present =
        Arrays.stream(keys)
            .filter(weights::containsKey)
            .map(key -> graph.weights(weights.get(key)))
            .toArray(String[]::new);
    String[] inputs = new String[present.length + 1];
    inputs[0] = x;
    System.arraycopy(present, 0, inputs, 1, present.length);
    return inputs;
  }

  private String activated(String name, BaseLayer layer, String x, int softmaxAxis) {
    return OnnxActivations.apply(graph, name, layer.getActivationFn(), x, softmaxAxis);
  }

  private static long[] longs(int[] values) {
    return Arrays.stream(values).asLongStream().toArray();
  }
}
