package dev.sinter.model;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.graph.ComputationGraph;

/**
 * Where each tensor of a network lies in DL4J's flat parameter vector.
 *
 * <p>The order is DL4J's: vertices in topological order, within a layer as its parameter
 * initialiser places them (a convolution's bias before its weights, a dense layer's weights before
 * its bias, batch normalisation as gamma, beta, running mean, running variance).
 *
 * @param tensors all tensors, ascending by offset, without gaps
 * @param length length of the flat vector, statistics included
 */
public record ParameterLayout(List<ParameterTensor> tensors, long length) implements Serializable {

  /** Copies the list. */
  public ParameterLayout {
    tensors = List.copyOf(tensors);
  }

  /** Number of floats that an optimizer updates: all but the running statistics. */
  public long trainableParameters() {
    return tensors.stream()
        .filter(tensor -> tensor.role() == ParameterTensor.Role.TRAINABLE)
        .mapToLong(ParameterTensor::length)
        .sum();
  }

  /** The tensors of one vertex, in order. */
  public List<ParameterTensor> ofVertex(String vertex) {
    return tensors.stream().filter(tensor -> tensor.vertex().equals(vertex)).toList();
  }

  /**
   * Computes the layout of a configuration without building the network.
   *
   * @throws IllegalArgumentException for a layer whose parameters this class does not know
   */
  public static ParameterLayout of(ComputationGraphConfiguration configuration) {
    List<ParameterTensor> tensors = new ArrayList<>();
    long offset = 0;
    // Sorts once and keeps the order in the configuration, hence in its JSON.
    new ComputationGraph(configuration).calculateIndices();
    for (String name : configuration.getTopologicalOrderStr()) {
      GraphVertex vertex = configuration.getVertices().get(name);
      if (vertex == null || vertex.numParams(true) == 0) {
        continue;
      }
      if (!(vertex instanceof LayerVertex layerVertex)) {
        throw new IllegalArgumentException(
            "vertex " + name + " (" + vertex.getClass().getSimpleName() + ") has parameters");
      }
      long start = offset;
      for (ParameterTensor tensor :
          LayerParameters.of(name, layerVertex.getLayerConf().getLayer(), start)) {
        tensors.add(tensor);
        offset += tensor.length();
      }
      if (offset - start != vertex.numParams(true)) {
        throw new IllegalStateException(
            "layout of "
                + name
                + " has "
                + (offset - start)
                + " parameters, DL4J has "
                + vertex.numParams(true));
      }
    }
    return new ParameterLayout(tensors, offset);
  }
}
