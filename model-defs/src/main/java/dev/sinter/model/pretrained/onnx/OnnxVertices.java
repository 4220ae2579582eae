package dev.sinter.model.pretrained.onnx;

import dev.sinter.error.SinterException;
import dev.sinter.model.pretrained.WeightTensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.PreprocessorVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.preprocessor.CnnToFeedForwardPreProcessor;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.learning.config.NoOp;

/** ONNX nodes as DL4J vertices, one after the other; a vertex has the name of the node's output. */
final class OnnxVertices {
  private final OnnxGraph graph;
  private final GraphBuilder builder =
      new NeuralNetConfiguration.Builder()
          .activation(Activation.IDENTITY)
          .updater(new NoOp())
          .graphBuilder();
  private final Map<String, WeightTensor> constants;
  private final Map<String, OnnxValue> values = new HashMap<>();
  private final List<WeightTensor> weights = new ArrayList<>();
  private OnnxValue first;
  private ComputationGraphConfiguration configuration;

  OnnxVertices(OnnxGraph graph, Map<String, WeightTensor> fixed) {
    this.graph = graph;
    this.constants = new HashMap<>(graph.initializers());
    this.constants.putAll(fixed);
  }

  void input(String name, InputType type) {
    builder.addInputs(name);
    builder.setInputTypes(type);
    OnnxValue value = OnnxValue.of(name, type);
    values.put(name, value);
    first = first == null ? value : first;
  }

  OnnxGraph graph() {
    return graph;
  }

  OnnxValue firstInput() {
    return first;
  }

  List<WeightTensor> weights() {
    return weights;
  }

  ComputationGraphConfiguration configuration() {
    return configuration;
  }

  OnnxValue finish(String output) {
    OnnxValue value = values.get(output);
    if (value == null) {
      throw OnnxNetwork.refused(graph.source(), "its output " + output + " is a constant");
    }
    String vertex = flattened(output, value).vertex();
    if (values.containsKey(vertex) && graph.inputs().containsKey(vertex)) {
      vertex = output + "-same"; // DL4J's outputs are vertices
      builder.addLayer(vertex, new ActivationLayer(Activation.IDENTITY), value.vertex());
    }
    builder.setOutputs(vertex);
    configuration = builder.build();
    return value;
  }

  /**
   * The value as the vector per sample that ONNX has, in a vertex of its own where DL4J has an
   * image still; other values as they are.
   */
  OnnxValue flattened(String name, OnnxValue value) {
    if (!value.flat() || !(value.type() instanceof InputType.InputTypeConvolutional image)) {
      return value;
    }
    String vertex = name + "-flat";
    builder.addVertex(
        vertex,
        new PreprocessorVertex(
            new CnnToFeedForwardPreProcessor(
                image.getHeight(), image.getWidth(), image.getChannels())),
        value.vertex());
    return OnnxValue.of(vertex, InputType.feedForward(image.arrayElementsPerExample()));
  }

  /** The value of a node's output. */
  void give(OnnxNode node, OnnxValue value) {
    values.put(node.outputs().get(0), value);
  }

  /** An activation function; keeps the shape. */
  void activation(OnnxNode node, IActivation function) {
    activation(node, function, value(node, 0));
  }

  /** An activation function of a value. */
  void activation(OnnxNode node, IActivation function, OnnxValue input) {
    String name = node.outputs().get(0);
    builder.addLayer(name, new ActivationLayer(function), input.vertex());
    give(node, new OnnxValue(name, input.type(), input.axes()));
  }

  /** A vertex that joins all of a node's inputs. */
  void join(OnnxNode node, GraphVertex vertex) {
    List<OnnxValue> inputs = new ArrayList<>();
    String name = node.outputs().get(0);
    for (int i = 0; i < node.inputs().size(); i++) {
      inputs.add(flattened(name + "-" + i, value(node, i)));
    }
    InputType type =
        vertex.getOutputType(0, inputs.stream().map(OnnxValue::type).toArray(InputType[]::new));
    builder.addVertex(name, vertex, inputs.stream().map(OnnxValue::vertex).toArray(String[]::new));
    give(node, new OnnxValue(name, type, inputs.get(0).axes()));
  }

  /** A layer under the name of the node's output. */
  OnnxValue layer(OnnxNode node, Layer layer, OnnxValue input) {
    return layer(node.outputs().get(0), layer, input);
  }

  OnnxValue layer(String name, Layer layer, OnnxValue given) {
    // A dense layer flattens by itself.
    OnnxValue input = layer instanceof DenseLayer ? given : flattened(name, given);
    InputType type = input.type();
    if (input.flat()) {
      type = InputType.feedForward(type.arrayElementsPerExample());
    }
    layer.setNIn(type, true);
    OnnxValue value = OnnxValue.of(name, layer.getOutputType(0, type));
    if (input.pooled()) {
      value = value.withAxes(input.axes());
    }
    builder.addLayer(name, layer, input.vertex());
    values.put(name, value);
    return value;
  }

  /** Weights of the layer that a node became. */
  void weights(OnnxNode node, String end, WeightTensor tensor) {
    weights.add(tensor.named(node.outputs().get(0) + "." + end));
  }

  OnnxValue value(OnnxNode node, int index) {
    OnnxValue value = node.hasInput(index) ? values.get(node.inputs().get(index)) : null;
    if (value == null) {
      throw refused(node, "has a constant, or nothing, as input " + index);
    }
    return value;
  }

  boolean isConstant(String name) {
    return constants.containsKey(name);
  }

  void constant(OnnxNode node, WeightTensor tensor) {
    constants.put(node.outputs().get(0), tensor);
  }

  WeightTensor constant(OnnxNode node, int index) {
    WeightTensor tensor = node.hasInput(index) ? constants.get(node.inputs().get(index)) : null;
    if (tensor == null) {
      throw refused(node, "has no constant as input " + index);
    }
    return tensor;
  }

  /** An axis that may be counted from behind. */
  int axis(OnnxNode node, long axis, OnnxValue value) {
    long counted = axis < 0 ? axis + value.axes() : axis;
    if (counted < 0 || counted >= value.axes()) {
      throw refused(node, "names axis " + axis + " of " + value.axes());
    }
    return (int) counted;
  }

  SinterException refused(OnnxNode node, String why) {
    return OnnxNetwork.refused(
        graph.source(), "node " + node.name() + " (" + node.operator() + ") " + why);
  }
}
