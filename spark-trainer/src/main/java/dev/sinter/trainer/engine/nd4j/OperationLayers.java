package dev.sinter.trainer.engine.nd4j;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Lets ND4J's operations compute the layers that are slow in DL4J.
 *
 * <p>DL4J executes a convolution as im2col and a matrix product, and batch normalisation as a dozen
 * passes; and it cannot merge volumes on the way back. The exchanged layers compute the same
 * functions of the same parameters; a layer that is not exchanged stays DL4J's own.
 */
final class OperationLayers {
  private OperationLayers() {}

  /** Makes the runtime layer of a configuration. */
  @FunctionalInterface
  private interface Maker {
    org.deeplearning4j.nn.layers.AbstractLayer<?> make(NeuralNetConfiguration layer, DataType type);
  }

  /**
   * Exchanges vertices in place; neither names nor parameters nor their order change.
   *
   * @param fixed batch normalisations that keep to their running statistics
   */
  static void exchange(ComputationGraphConfiguration configuration, Set<String> fixed) {
    Map<String, GraphVertex> vertices = configuration.getVertices();
    boolean dropsOut = vertices.values().stream().anyMatch(OperationLayers::dropsOut);
    for (String name : List.copyOf(vertices.keySet())) {
      if (vertices.get(name).getClass() == MergeVertex.class) {
        vertices.put(name, new VolumeMerge((MergeVertex) vertices.get(name)));
      }
      if (vertices.get(name) instanceof LayerVertex vertex
          && !configuration.getNetworkOutputs().contains(name)) {
        Layer layer = vertex.getLayerConf().getLayer();
        Optional<Maker> maker =
            fixed.contains(name) && layer instanceof BatchNormalization
                ? Optional.of(FixedNormOperation::new)
                : makerOf(layer, dropsOut);
        maker.ifPresent(found -> vertices.put(name, new OperationVertex(vertex, found)));
      }
    }
  }

  /** Whether DL4J may change what the vertex reads: it applies any dropout or noise in place. */
  private static boolean dropsOut(GraphVertex vertex) {
    return vertex instanceof LayerVertex layer
        && layer.getLayerConf().getLayer().getIDropout() != null;
  }

  private static Optional<Maker> makerOf(Layer layer, boolean dropsOut) {
    // By exact class: a subclass computes something else.
    Class<?> type = layer.getClass();
    if (type == ConvolutionLayer.class && isPlain((ConvolutionLayer) layer)) {
      return Optional.of(convolution(ConvolutionOperation.Direction.FORWARD, dropsOut));
    }
    // DL4J forgets a transposed convolution's dropout on the way back; that stays DL4J's own.
    if (type == Deconvolution2D.class
        && isPlain((ConvolutionLayer) layer)
        && layer.getIDropout() == null) {
      return Optional.of(convolution(ConvolutionOperation.Direction.TRANSPOSED, dropsOut));
    }
    if (type == BatchNormalization.class && isPlain((BatchNormalization) layer)) {
      return Optional.of(BatchNormOperation::new);
    }
    if (type == ActivationLayer.class
        && Rectification.isPlain(((ActivationLayer) layer).getActivationFn())) {
      return Optional.of(RectifierOperation::new);
    }
    return Optional.empty();
  }

  private static Maker convolution(ConvolutionOperation.Direction direction, boolean dropsOut) {
    return (layer, type) -> new ConvolutionOperation(layer, type, direction, dropsOut);
  }

  private static boolean isPlain(ConvolutionLayer layer) {
    // ND4J asks oneDNN for dilated convolutions that it cannot make.
    boolean dilated = Arrays.stream(layer.getDilation()).anyMatch(dilation -> dilation != 1);
    return !dilated
        && layer.getCnn2dDataFormat() == CNN2DFormat.NCHW
        && layer.getWeightNoise() == null
        && layer.getConvolutionMode() != ConvolutionMode.Causal;
  }

  private static boolean isPlain(BatchNormalization layer) {
    return layer.getCnn2DFormat() == CNN2DFormat.NCHW && !layer.isUseLogStd();
  }

  /** A vertex with DL4J's configuration and another runtime layer. */
  private static final class OperationVertex extends LayerVertex {
    private static final long serialVersionUID = 1;

    private final transient Maker maker;

    OperationVertex(LayerVertex vertex, Maker maker) {
      super(vertex.getLayerConf(), vertex.getPreProcessor());
      this.maker = maker;
    }

    @Override
    public org.deeplearning4j.nn.graph.vertex.GraphVertex instantiate(
        ComputationGraph graph,
        String name,
        int index,
        INDArray parameters,
        boolean initializes,
        DataType type) {
      NeuralNetConfiguration configuration = getLayerConf();
      var layer = maker.make(configuration, type);
      layer.setIndex(index);
      layer.setParamsViewArray(parameters);
      layer.setParamTable(
          configuration.getLayer().initializer().init(configuration, parameters, initializes));
      return new org.deeplearning4j.nn.graph.vertex.impl.LayerVertex(
          graph, name, index, layer, getPreProcessor(), false, type);
    }
  }
}
