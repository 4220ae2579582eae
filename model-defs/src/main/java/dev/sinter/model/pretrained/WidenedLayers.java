package dev.sinter.model.pretrained;

import dev.sinter.model.ParameterTensor;
import dev.sinter.model.layer.WidenedWeightInit;
import java.nio.FloatBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.Layer;

/**
 * Layers that have more inputs than those of the published network, because a skip is concatenated
 * before them. Their first inputs are the published ones.
 */
final class WidenedLayers {
  private static final String WEIGHTS = "W";

  private final Map<String, WidenedWeightInit> mixing = new HashMap<>();
  private final Set<String> normalising = new HashSet<>();

  private WidenedLayers() {}

  static WidenedLayers of(ComputationGraphConfiguration configuration) {
    WidenedLayers widened = new WidenedLayers();
    for (String vertex : configuration.getVertices().keySet()) {
      layer(configuration, vertex)
          .filter(BaseLayer.class::isInstance)
          .map(layer -> ((BaseLayer) layer).getWeightInitFn())
          .filter(WidenedWeightInit.class::isInstance)
          .ifPresent(init -> widened.mixing.put(vertex, (WidenedWeightInit) init));
    }
    for (String vertex : widened.mixing.keySet()) {
      widened.collectNormalising(configuration, vertex);
    }
    return widened;
  }

  /** Those between the concatenation and the layer that mixes the channels. */
  private void collectNormalising(ComputationGraphConfiguration configuration, String vertex) {
    Deque<String> open = new ArrayDeque<>(configuration.getVertexInputs().get(vertex));
    while (!open.isEmpty()) {
      String next = open.pop();
      Layer layer = layer(configuration, next).orElse(null);
      if (layer instanceof BatchNormalization) {
        normalising.add(next);
      }
      if (layer instanceof BatchNormalization
          || (layer != null && layer.initializer().numParams(layer) == 0)) {
        open.addAll(configuration.getVertexInputs().get(next));
      }
    }
  }

  private static Optional<Layer> layer(ComputationGraphConfiguration configuration, String vertex) {
    return configuration.getVertices().get(vertex) instanceof LayerVertex layerVertex
        ? Optional.of(layerVertex.getLayerConf().getLayer())
        : Optional.empty();
  }

  /** Whether a tensor of this shape in a file gives the values of the published inputs. */
  boolean begin(ParameterTensor tensor, TensorForm form, long[] shape) {
    if (normalising.contains(tensor.vertex())) {
      return shape.length == 1 && shape[0] > 0 && shape[0] < form.shape()[0];
    }
    WidenedWeightInit init = mixing.get(tensor.vertex());
    if (init == null
        || !tensor.key().equals(WEIGHTS)
        || shape.length != form.view().length
        || shape.length != form.shape().length) {
      return false;
    }
    long inputs = shape[FirstConvolution.inputAxis(form)];
    return init.began(inputs) && form.withInputs(inputs).fits(shape);
  }

  static String description(TensorForm form, long[] shape) {
    int axis = shape.length == 1 ? 0 : FirstConvolution.inputAxis(form);
    return "the first " + shape[axis] + " of " + form.shape()[axis] + " inputs";
  }

  /**
   * Writes the file's values in the order of the flat vector, with zeros for the further inputs; of
   * a normalisation its first values alone, as each channel is by itself.
   *
   * @param values in the file's order
   */
  static void toFlat(float[] values, TensorForm form, long[] shape, FloatBuffer flat) {
    if (shape.length == 1) {
      flat.put(0, values);
      return;
    }
    long inputs = shape[FirstConvolution.inputAxis(form)];
    long[] view = form.view();
    float[] narrow = new float[values.length];
    form.withInputs(inputs).toFlat(index -> values[index], FloatBuffer.wrap(narrow));
    int from = Math.toIntExact(narrow.length / view[0]);
    int to = Math.toIntExact(form.length() / view[0]);
    float[] zeros = new float[to - from];
    for (int output = 0; output < view[0]; output++) {
      flat.put(output * to, narrow, output * from, from);
      flat.put(output * to + from, zeros);
    }
  }
}
