package dev.sinter.model.pretrained.onnx;

import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import dev.sinter.model.pretrained.GenericNetwork;
import dev.sinter.model.pretrained.NetworkAssembly;
import dev.sinter.model.pretrained.WeightExport;
import dev.sinter.model.pretrained.WeightFile;
import dev.sinter.model.pretrained.WeightTensor;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.Convolution3D;

/**
 * Reads an ONNX graph with one input and one output as a network, from the operators of
 * convolutional networks. An operator that is not among them, or is used in a way that DL4J's
 * layers cannot express, is refused by name.
 */
public final class OnnxNetwork {
  private OnnxNetwork() {}

  /**
   * Reads layers and weights.
   *
   * @throws SinterException {@code OPERATOR_NOT_IMPORTED}, {@code WEIGHTS_UNREADABLE}
   */
  public static GenericNetwork read(Path file) {
    return read(file, Map.of());
  }

  /**
   * Reads a graph some of whose inputs have fixed values.
   *
   * @param fixed inputs by name, and what they are
   */
  static GenericNetwork read(Path file, Map<String, WeightTensor> fixed) {
    OnnxGraph graph = OnnxGraph.read(file);
    try {
      return build(graph, fixed);
    } catch (SinterException e) {
      throw e;
    } catch (RuntimeException e) { // DL4J refuses a configuration
      throw refused(graph.source(), "DL4J cannot build it: " + e.getMessage());
    }
  }

  private static GenericNetwork build(OnnxGraph graph, Map<String, WeightTensor> fixed) {
    Map<String, long[]> inputs = new LinkedHashMap<>(graph.inputs());
    inputs.keySet().removeAll(fixed.keySet());
    inputs.keySet().removeIf(name -> isUnused(name, graph));
    OnnxVertices vertices = new OnnxVertices(graph, fixed);
    if (inputs.isEmpty()) {
      throw refused(graph.source(), "the graph has no input");
    }
    if (graph.outputs().size() != 1) {
      throw refused(graph.source(), "the graph has to have one output, and has " + graph.outputs());
    }
    inputs.forEach((name, shape) -> vertices.input(name, type(graph.source(), name, shape)));
    OnnxJoins operators = new OnnxJoins(vertices);
    for (OnnxNode node : graph.nodes()) {
      operators.add(node);
    }
    OnnxValue output = vertices.finish(graph.outputs().get(0));
    ComputationGraphConfiguration configuration = vertices.configuration();
    return NetworkAssembly.assemble(
        configuration,
        WeightExport.ownNames(),
        WeightFile.of(graph.source(), vertices.weights()),
        Arrays.stream(vertices.firstInput().sides()).boxed().toList(),
        output.sides()[0]);
  }

  private static boolean isUnused(String input, OnnxGraph graph) {
    return graph.nodes().stream().noneMatch(node -> node.inputs().contains(input));
  }

  private static InputType type(String source, String name, long[] shape) {
    for (int i = 1; i < shape.length; i++) {
      if (shape[i] < 1) {
        throw refused(source, "input " + name + " leaves its size open");
      }
    }
    return switch (shape.length) {
      case 2 -> InputType.feedForward(shape[1]);
      case 3 -> InputType.recurrent(shape[1], shape[2]);
      case 4 -> InputType.convolutional(shape[2], shape[3], shape[1]);
      case 5 ->
          InputType.convolutional3D(
              Convolution3D.DataFormat.NCDHW, shape[2], shape[3], shape[4], shape[1]);
      default -> throw refused(source, "input " + name + " has " + shape.length + " axes");
    };
  }

  static SinterException refused(String source, String why) {
    return new SinterException(
        ErrorCategory.DATA,
        "OPERATOR_NOT_IMPORTED",
        source + ": " + why,
        "Define the network in Sinter and import its weights with --model, or export it with other operators.");
  }
}
