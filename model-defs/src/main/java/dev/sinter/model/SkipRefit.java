package dev.sinter.model;

import dev.sinter.model.layer.AdaptiveAveragePooling2D;
import dev.sinter.model.layer.WidenedWeightInit;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.Subsampling3DLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.Upsampling2D;
import org.deeplearning4j.nn.conf.layers.Upsampling3D;
import org.deeplearning4j.nn.conf.layers.ZeroPaddingLayer;

/**
 * Fits the layers behind a vertex to further channels. Layers that treat each channel by itself
 * pass them on; the first ones that mix channels end the walk.
 */
final class SkipRefit {
  private static final Set<Class<?>> PASSING =
      Set.of(
          ActivationLayer.class,
          AdaptiveAveragePooling2D.class,
          BatchNormalization.class,
          DropoutLayer.class,
          GlobalPoolingLayer.class,
          Subsampling3DLayer.class,
          SubsamplingLayer.class,
          Upsampling2D.class,
          Upsampling3D.class,
          ZeroPaddingLayer.class);

  /** With weights whose second dimension counts inputs. */
  private static final Set<Class<?>> CONVOLUTIONS =
      Set.of(ConvolutionLayer.class, Convolution3D.class);

  /** With weights whose first dimension counts inputs. */
  private static final Set<Class<?>> DENSE = Set.of(DenseLayer.class, OutputLayer.class);

  private final ComputationGraphConfiguration configuration;

  SkipRefit(ComputationGraphConfiguration configuration) {
    this.configuration = configuration;
  }

  /** The first vertex behind this one that cannot take further channels. */
  Optional<String> obstacle(String vertex) {
    return reached(vertex).stream().filter(reached -> !isFitting(reached)).findFirst();
  }

  private boolean isFitting(String vertex) {
    Optional<Class<?>> type = layer(vertex).map(Layer::getClass);
    return type.filter(
            layer ->
                (PASSING.contains(layer) && !configuration.getNetworkOutputs().contains(vertex))
                    || CONVOLUTIONS.contains(layer)
                    || DENSE.contains(layer))
        .isPresent();
  }

  /** Prepares what reads the vertex, directly or through others, for more channels. */
  void widen(String vertex) {
    for (String reached : reached(vertex)) {
      LayerVertex layerVertex = (LayerVertex) configuration.getVertices().get(reached);
      layerVertex.setPreProcessor(null); // made anew, for the new number of channels
      Layer layer = layerVertex.getLayerConf().getLayer();
      int inputDimension = CONVOLUTIONS.contains(layer.getClass()) ? 1 : 0;
      if (CONVOLUTIONS.contains(layer.getClass()) || DENSE.contains(layer.getClass())) {
        FeedForwardLayer mixing = (FeedForwardLayer) layer;
        mixing.setWeightInitFn(
            new WidenedWeightInit(mixing.getWeightInitFn(), mixing.getNIn(), inputDimension));
      }
    }
  }

  /** The vertices that meet the channels, up to the first that mix them. */
  private List<String> reached(String vertex) {
    Set<String> found = new HashSet<>();
    Deque<String> open = new ArrayDeque<>(readers(vertex));
    while (!open.isEmpty()) {
      String next = open.pop();
      if (found.add(next) && layer(next).filter(this::passes).isPresent()) {
        open.addAll(readers(next));
      }
    }
    return configuration.getVertexInputs().keySet().stream().filter(found::contains).toList();
  }

  private boolean passes(Layer layer) {
    return PASSING.contains(layer.getClass());
  }

  private Optional<Layer> layer(String vertex) {
    return configuration.getVertices().get(vertex) instanceof LayerVertex layerVertex
        ? Optional.of(layerVertex.getLayerConf().getLayer())
        : Optional.empty();
  }

  private List<String> readers(String vertex) {
    return configuration.getVertexInputs().entrySet().stream()
        .filter(entry -> entry.getValue().contains(vertex))
        .map(Map.Entry::getKey)
        .toList();
  }
}
