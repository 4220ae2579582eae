package dev.sinter.model.layer;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.ParamInitializer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** A scale, which starts at 1, then a shift, which starts at 0. */
final class GroupNormalizationParameters implements ParamInitializer {
  static final String SCALE = "gamma";
  static final String SHIFT = "beta";
  static final GroupNormalizationParameters INSTANCE = new GroupNormalizationParameters();

  private GroupNormalizationParameters() {}

  @Override
  public long numParams(NeuralNetConfiguration configuration) {
    return numParams(configuration.getLayer());
  }

  @Override
  public long numParams(Layer layer) {
    return 2 * ((GroupNormalization) layer).getNOut();
  }

  @Override
  public List<String> paramKeys(Layer layer) {
    return List.of(SCALE, SHIFT);
  }

  @Override
  public List<String> weightKeys(Layer layer) {
    return List.of();
  }

  @Override
  public List<String> biasKeys(Layer layer) {
    return List.of();
  }

  @Override
  public boolean isWeightParam(Layer layer, String key) {
    return false;
  }

  @Override
  public boolean isBiasParam(Layer layer, String key) {
    return false;
  }

  @Override
  public Map<String, INDArray> init(
      NeuralNetConfiguration configuration, INDArray view, boolean initialize) {
    Map<String, INDArray> parameters = getGradientsFromFlattened(configuration, view);
    configuration.addVariable(SCALE);
    configuration.addVariable(SHIFT);
    if (initialize) {
      parameters.get(SCALE).assign(1);
      parameters.get(SHIFT).assign(0);
    }
    return parameters;
  }

  @Override
  public Map<String, INDArray> getGradientsFromFlattened(
      NeuralNetConfiguration configuration, INDArray view) {
    INDArray vector = view.reshape(view.length());
    long channels = vector.length() / 2;
    Map<String, INDArray> views = new LinkedHashMap<>();
    views.put(SCALE, vector.get(NDArrayIndex.interval(0, channels)));
    views.put(SHIFT, vector.get(NDArrayIndex.interval(channels, 2 * channels)));
    return views;
  }
}
