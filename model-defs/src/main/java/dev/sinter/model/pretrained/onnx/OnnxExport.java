package dev.sinter.model.pretrained.onnx;

import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import dev.sinter.model.InputShape;
import dev.sinter.model.ParameterLayout;
import dev.sinter.model.ParameterTensor;
import dev.sinter.model.layer.AdaptiveAveragePooling2D;
import dev.sinter.model.pretrained.WeightExport;
import dev.sinter.model.pretrained.WeightTensor;
import dev.sinter.model.pretrained.onnx.OnnxGraphWriter.Attributes;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.FloatBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.deeplearning4j.nn.conf.graph.rnn.LastTimeStepVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;

/**
 * Writes a network as an ONNX graph (opset 13) that computes what it predicts, softmax included;
 * images are {@code [N, C, H, W]} as in DL4J. Nodes have the names of vertices, weights those of
 * torchvision.
 */
public final class OnnxExport {
  private final ComputationGraphConfiguration configuration;
  private final OnnxGraphWriter graph = new OnnxGraphWriter();

  /** By vertex and DL4J's key. */
  private final Map<String, Map<String, WeightTensor>> weights = new HashMap<>();

  /** The value that a vertex's output is called. */
  private final Map<String, String> values = new HashMap<>();

  private OnnxExport(
      String family, ComputationGraphConfiguration configuration, FloatBuffer parameters) {
    this.configuration = configuration;
    List<ParameterTensor> tensors = ParameterLayout.of(configuration).tensors();
    List<WeightTensor> named = WeightExport.toTorch(family, configuration, parameters);
    for (int i = 0; i < tensors.size(); i++) {
      weights
          .computeIfAbsent(tensors.get(i).vertex(), vertex -> new HashMap<>())
          .put(tensors.get(i).key(), named.get(i));
    }
  }

  /**
   * Writes a network with one input.
   *
   * @param name of the graph
   * @param family decides the names of the weights
   * @param input type of the network's input; its batch dimension stays free
   * @param parameters the whole flat vector
   * @throws SinterException {@code EXPORT_UNSUPPORTED} for a layer that has no counterpart here
   */
  public static void write(
      String name,
      String family,
      ComputationGraphConfiguration configuration,
      InputType input,
      FloatBuffer parameters,
      OutputStream stream)
      throws IOException {
    OnnxExport export = new OnnxExport(family, configuration, parameters);
    export.build(input);
    export.graph.write(name, stream);
  }

  private void build(InputType input) {
    Map<String, InputType> types = configuration.clone().getLayerActivationTypes(input);
    String inputName = configuration.getNetworkInputs().get(0);
    graph.input(inputName, InputShape.sides(input));
    values.put(inputName, inputName);
    OnnxLayers layers = new OnnxLayers(graph);
    for (String vertex : configuration.getTopologicalOrderStr()) {
      GraphVertex kind = configuration.getVertices().get(vertex);
      if (kind == null) {
        continue; // the input
      }
      List<String> from = configuration.getVertexInputs().get(vertex);
      String[] inputs = from.stream().map(values::get).toArray(String[]::new);
      InputType before = types.get(from.get(0));
      values.put(vertex, value(layers, vertex, kind, before, types.get(vertex), inputs));
    }
    for (String output : configuration.getNetworkOutputs()) {
      graph.output(values.get(output), InputShape.sides(types.get(output)));
    }
  }

  private String value(
      OnnxLayers layers,
      String vertex,
      GraphVertex kind,
      InputType before,
      InputType after,
      String... inputs) {
    if (kind instanceof LayerVertex layer
        && layer.getLayerConf().getLayer() instanceof AdaptiveAveragePooling2D grid) {
      return layers.grid(vertex, grid, InputShape.sides(before), inputs[0]);
    }
    if (kind instanceof LastTimeStepVertex) {
      return new OnnxRecurrent(graph).lastStep(vertex, inputs[0]);
    }
    if (kind instanceof ScaleVertex scale) {
      float[] factor = {(float) scale.getScaleFactor()};
      String constant = graph.weights(WeightTensor.of(vertex + "/factor", new long[] {1}, factor));
      return graph.node("Mul", vertex, new Attributes(), inputs[0], constant);
    }
    if (kind instanceof LayerVertex layer) {
      return layers.layer(
          vertex,
          layer,
          weights.getOrDefault(vertex, Map.of()),
          InputShape.sides(after).size(),
          inputs[0]);
    }
    if (kind instanceof MergeVertex) {
      return graph.node("Concat", vertex, new Attributes().whole("axis", 1), inputs);
    }
    if (kind instanceof ElementWiseVertex elements) {
      return switch (elements.getOp()) {
        case Add -> graph.node("Sum", vertex, new Attributes(), inputs);
        case Product -> pairwise("Mul", vertex, inputs);
        case Subtract -> pairwise("Sub", vertex, inputs);
        case Max -> graph.node("Max", vertex, new Attributes(), inputs);
        case Average -> graph.node("Mean", vertex, new Attributes(), inputs);
      };
    }
    throw unsupported(vertex, kind.getClass());
  }

  private String pairwise(String operator, String vertex, String... inputs) {
    String value = inputs[0];
    for (int i = 1; i < inputs.length; i++) {
      String name = i == inputs.length - 1 ? vertex : vertex + "/" + i;
      value = graph.node(operator, name, new Attributes(), value, inputs[i]);
    }
    return value;
  }

  static SinterException unsupported(String vertex, Class<?> type) {
    return unsupported(vertex, type.getSimpleName());
  }

  static SinterException unsupported(String vertex, String what) {
    return new SinterException(
        ErrorCategory.USAGE,
        "EXPORT_UNSUPPORTED",
        "vertex " + vertex + " (" + what + ") cannot be written as ONNX",
        "Export to dl4j or safetensors instead.");
  }
}
