package dev.sinter.model.layer;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.ParamInitializer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Bias before kernels, as in DL4J's convolution. */
final class GroupedConvolutionParameters implements ParamInitializer {
  static final String KERNEL = "W";
  static final String BIAS = "b";
  static final GroupedConvolutionParameters INSTANCE = new GroupedConvolutionParameters();

  private GroupedConvolutionParameters() {}

  @Override
  public long numParams(NeuralNetConfiguration configuration) {
    return numParams(configuration.getLayer());
  }

  @Override
  public long numParams(Layer layer) {
    GroupedConvolution2D convolution = (GroupedConvolution2D) layer;
    long kernels = 1;
    for (long size : kernelShape(convolution)) {
      kernels *= size;
    }
    return kernels + (convolution.hasBias() ? convolution.getNOut() : 0);
  }

  static long[] kernelShape(GroupedConvolution2D layer) {
    int[] kernel = layer.getKernelSize();
    return new long[] {layer.getNOut(), layer.getNIn() / layer.getGroups(), kernel[0], kernel[1]};
  }

  @Override
  public List<String> paramKeys(Layer layer) {
    return ((GroupedConvolution2D) layer).hasBias() ? List.of(KERNEL, BIAS) : List.of(KERNEL);
  }

  @Override
  public List<String> weightKeys(Layer layer) {
    return List.of(KERNEL);
  }

  @Override
  public List<String> biasKeys(Layer layer) {
    return ((GroupedConvolution2D) layer).hasBias() ? List.of(BIAS) : List.of();
  }

  @Override
  public boolean isWeightParam(Layer layer, String key) {
    return KERNEL.equals(key);
  }

  @Override
  public boolean isBiasParam(Layer layer, String key) {
    return BIAS.equals(key);
  }

  @Override
  public Map<String, INDArray> init(
      NeuralNetConfiguration configuration, INDArray view, boolean initialize) {
    GroupedConvolution2D layer = (GroupedConvolution2D) configuration.getLayer();
    Map<String, INDArray> parameters = views(layer, view);
    paramKeys(layer).forEach(configuration::addVariable);
    if (initialize) {
      long[] shape = kernelShape(layer);
      double fanIn = shape[1] * shape[2] * shape[3];
      double fanOut =
          (double) shape[0]
              / layer.getGroups()
              * shape[2]
              * shape[3]
              / (layer.getStride()[0] * layer.getStride()[1]);
      INDArray kernel = parameters.get(KERNEL);
      parameters.put(
          KERNEL,
          layer.getWeightInitFn().init(fanIn, fanOut, shape, 'c', kernel.reshape(kernel.length())));
      if (layer.hasBias()) {
        parameters.get(BIAS).assign(layer.getBiasInit());
      }
    }
    return parameters;
  }

  @Override
  public Map<String, INDArray> getGradientsFromFlattened(
      NeuralNetConfiguration configuration, INDArray view) {
    return views((GroupedConvolution2D) configuration.getLayer(), view);
  }

  private static Map<String, INDArray> views(GroupedConvolution2D layer, INDArray view) {
    INDArray vector = view.reshape(view.length());
    long biases = layer.hasBias() ? layer.getNOut() : 0;
    Map<String, INDArray> views = new LinkedHashMap<>();
    if (layer.hasBias()) {
      views.put(BIAS, vector.get(NDArrayIndex.interval(0, biases)));
    }
    views.put(
        KERNEL,
        vector
            .get(NDArrayIndex.interval(biases, vector.length()))
            .reshape('c', kernelShape(layer)));
    return views;
  }
}
