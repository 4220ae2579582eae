package dev.sinter.model;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.Layer;

/**
 * A network vertex by vertex.
 *
 * @param rows one per vertex, in topological order
 */
public record LayerTable(List<Row> rows) {

  /** Copies the rows. */
  public LayerTable {
    rows = List.copyOf(rows);
  }

  /**
   * One vertex.
   *
   * @param vertex its name
   * @param type DL4J's class of layer or vertex, such as {@code ConvolutionLayer}
   * @param outputShape without the batch dimension: channels first, then steps or height and width
   * @param parameters trainable parameters
   * @param multiplyAdds multiply-adds of predicting one sample; 0 but for convolutions, dense
   *     layers and LSTMs, and 0 for what only auxiliary outputs read
   */
  public record Row(
      String vertex, String type, List<Long> outputShape, long parameters, long multiplyAdds) {
    /** Copies the shape. */
    public Row {
      outputShape = List.copyOf(outputShape);
    }
  }

  /** Computes the table of an image network for one size of input; leaves it unchanged. */
  public static LayerTable of(
      ComputationGraphConfiguration original, int channels, int height, int width) {
    return of(original, InputShape.image(channels, height, width));
  }

  /** Computes the table of a network for one shape of sample; leaves it unchanged. */
  public static LayerTable of(ComputationGraphConfiguration original, InputShape input) {
    return of(original, input.inputType());
  }

  /** Computes the table of any network for one type of input; leaves it unchanged. */
  public static LayerTable of(ComputationGraphConfiguration original, InputType networkInput) {
    ComputationGraphConfiguration configuration = original.clone();
    ParameterLayout layout = ParameterLayout.of(configuration);
    Map<String, InputType> outputs = configuration.getLayerActivationTypes(networkInput);
    Set<String> predicting = predicting(configuration);
    List<Row> rows = new ArrayList<>();
    for (String name : configuration.getTopologicalOrderStr()) {
      GraphVertex vertex = configuration.getVertices().get(name);
      if (vertex == null) {
        continue; // the input
      }
      InputType input = outputs.get(configuration.getVertexInputs().get(name).get(0));
      InputType output = outputs.get(name);
      long parameters =
          layout.ofVertex(name).stream()
              .filter(tensor -> tensor.role() == ParameterTensor.Role.TRAINABLE)
              .mapToLong(ParameterTensor::length)
              .sum();
      if (vertex instanceof LayerVertex layerVertex) {
        Layer layer = layerVertex.getLayerConf().getLayer();
        rows.add(
            new Row(
                name,
                layer.getClass().getSimpleName(),
                shape(output),
                parameters,
                predicting.contains(name)
                    ? MultiplyAdds.of(layer, shape(input), shape(output))
                    : 0));
      } else {
        rows.add(new Row(name, vertex.getClass().getSimpleName(), shape(output), parameters, 0));
      }
    }
    return new LayerTable(rows);
  }

  /** The vertices that the main output depends on. */
  private static Set<String> predicting(ComputationGraphConfiguration configuration) {
    Set<String> found = new HashSet<>();
    Deque<String> open = new ArrayDeque<>(configuration.getNetworkOutputs().subList(0, 1));
    while (!open.isEmpty()) {
      String vertex = open.pop();
      if (found.add(vertex)) {
        open.addAll(configuration.getVertexInputs().getOrDefault(vertex, List.of()));
      }
    }
    return found;
  }

  /** Trainable parameters of the network. */
  public long parameters() {
    return rows.stream().mapToLong(Row::parameters).sum();
  }

  /** Multiply-adds of predicting one sample. */
  public long multiplyAdds() {
    return rows.stream().mapToLong(Row::multiplyAdds).sum();
  }

  /**
   * The row of one vertex.
   *
   * @throws IllegalArgumentException if there is no such vertex
   */
  public Row row(String vertex) {
    return rows.stream()
        .filter(row -> row.vertex().equals(vertex))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no vertex " + vertex));
  }

  private static List<Long> shape(InputType type) {
    List<Long> sides = InputShape.sides(type);
    // DL4J forgets the length behind some layers.
    return type instanceof InputType.InputTypeRecurrent && sides.get(1) < 1
        ? sides.subList(0, 1)
        : sides;
  }
}
