package dev.sinter.model.pretrained.onnx;

import dev.sinter.error.SinterException;
import dev.sinter.model.pretrained.WeightTensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.graph.PreprocessorVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.CnnLossLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.preprocessor.CnnToFeedForwardPreProcessor;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.learning.config.NoOp;

/** ONNX nodes as DL4J vertices, one after the other; a vertex has the name of the node's output. */
final class OnnxVertices {
  /**
   * Floats that a file may ask for without holding them: 1 GiB. A whole VGG has 144 million
   * weights.
   */
  private static final long FILLED_FLOATS = 1L << 28;

  private final OnnxGraph graph;
  private final GraphBuilder builder =
      new NeuralNetConfiguration.Builder()
          .activation(Activation.IDENTITY)
          .updater(new NoOp())
          .graphBuilder();
  private final Map<String, WeightTensor> constants;
  private final Map<String, OnnxValue> values = new HashMap<>();
  private final List<WeightTensor> weights = new ArrayList<>();
  private final OnnxOperators operators;
  private OnnxValue first;
  private ComputationGraphConfiguration configuration;
  private long filledFloats;

  OnnxVertices(OnnxGraph graph, Map<String, WeightTensor> fixed) {
    this.graph = graph;
    this.constants = new HashMap<>(graph.initializers());
    this.constants.putAll(fixed);
    this.operators = new OnnxOperators(this);
  }

  void input(String name, InputType type) {
    builder.addInputs(name);
    builder.setInputTypes(type);
    OnnxValue value = OnnxValue.of(name, type);
    values.put(name, value);
    first = first == null ? value : first;
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

  void add(OnnxNode node) {
    switch (node.operator()) {
      case "Constant" -> {
        WeightTensor tensor = node.tensor("value");
        if (tensor == null) {
          throw refused(node, "has no tensor");
        }
        constants.put(node.outputs().get(0), tensor);
      }
      case "ConstantOfShape" -> constants.put(node.outputs().get(0), filled(node));
      case "Identity", "Dropout" -> {
        if (constants.containsKey(node.inputs().get(0))) {
          constants.put(node.outputs().get(0), constants.get(node.inputs().get(0)));
        } else {
          alias(node, value(node, 0));
        }
      }
      case "Flatten" -> {
        if (axis(node, node.whole("axis", 1), value(node, 0)) != 1) {
          throw refused(node, "flattens from another axis than 1");
        }
        flatten(node);
      }
      case "Reshape" -> {
        float[] shape = constant(node, 1).floats();
        if (!flattens(node, shape)) {
          throw refused(
              node, "reshapes to " + Arrays.toString(shape) + "; one vector per sample is known");
        }
        flatten(node);
      }
      case "Squeeze" -> {
        if (value(node, 0).type() instanceof InputType.InputTypeFeedForward) {
          alias(node, value(node, 0)); // behind a global pooling
        } else {
          throw refused(node, "changes the axes");
        }
      }
      case "Add", "Sum" -> elements(node, ElementWiseVertex.Op.Add);
      case "Mul" -> elements(node, ElementWiseVertex.Op.Product);
      case "Sub" -> elements(node, ElementWiseVertex.Op.Subtract);
      case "Max" -> elements(node, ElementWiseVertex.Op.Max);
      case "Mean" -> elements(node, ElementWiseVertex.Op.Average);
      case "Concat" -> concatenate(node);
      case "Softmax" -> softmax(node);
      default -> operators.add(node);
    }
  }

  private void softmax(OnnxNode node) {
    OnnxValue input = value(node, 0);
    boolean oneAxis = graph.opset() >= 13;
    int axis = axis(node, node.whole("axis", oneAxis ? -1 : 1), input);
    int last = input.axes() - 1;
    String name = node.outputs().get(0);
    if (axis == last) {
      OnnxValue vector = flattened(name, input); // DL4J's goes along the last axis it sees
      builder.addLayer(name, new ActivationLayer(Activation.SOFTMAX), vector.vertex());
      values.put(name, OnnxValue.of(name, vector.type()));
    } else if (oneAxis && axis == 1 && input.axes() == 4 && graph.outputs().contains(name)) {
      layer(node, new CnnLossLayer.Builder().activation(Activation.SOFTMAX).build(), input);
    } else {
      throw refused(node, "is along axis " + axis + " of " + input.axes());
    }
  }

  private void elements(OnnxNode node, ElementWiseVertex.Op op) {
    OnnxValue one = value(node, 0);
    for (int i = 1; i < node.inputs().size(); i++) {
      OnnxValue other = value(node, i);
      if (one.axes() != other.axes() || !haveSameSides(one, other)) {
        throw refused(node, "joins values of different shapes");
      }
    }
    vertex(node, new ElementWiseVertex(op));
  }

  private static boolean haveSameSides(OnnxValue one, OnnxValue other) {
    return (one.flat() || other.flat())
        ? one.type().arrayElementsPerExample() == other.type().arrayElementsPerExample()
        : Arrays.equals(one.sides(), other.sides());
  }

  private void concatenate(OnnxNode node) {
    if (axis(node, node.whole("axis", 1), value(node, 0)) != 1) {
      throw refused(node, "joins along another axis than the channels");
    }
    vertex(node, new MergeVertex());
  }

  private void vertex(OnnxNode node, GraphVertex vertex) {
    List<OnnxValue> inputs = new ArrayList<>();
    String name = node.outputs().get(0);
    for (int i = 0; i < node.inputs().size(); i++) {
      inputs.add(flattened(name + "-" + i, value(node, i)));
    }
    InputType type =
        vertex.getOutputType(0, inputs.stream().map(OnnxValue::type).toArray(InputType[]::new));
    builder.addVertex(name, vertex, inputs.stream().map(OnnxValue::vertex).toArray(String[]::new));
    values.put(name, OnnxValue.of(name, type));
  }

  private void flatten(OnnxNode node) {
    OnnxValue input = value(node, 0);
    boolean vector = input.type() instanceof InputType.InputTypeFeedForward;
    if (!vector && !(input.type() instanceof InputType.InputTypeConvolutional)) {
      throw refused(node, "flattens something else than an image");
    }
    values.put(node.outputs().get(0), new OnnxValue(input.vertex(), input.type(), !vector));
  }

  /**
   * Whether a shape asks for one vector per sample and nothing else: the batch as it is, and behind
   * it all values of a sample.
   */
  private boolean flattens(OnnxNode node, float[] shape) {
    if (shape.length != 2 || node.whole("allowzero", 0) != 0) {
      return false;
    }
    OnnxValue input = value(node, 0);
    long[] declared = graph.inputs().get(first.vertex());
    boolean rest = shape[1] == -1;
    boolean all =
        (shape[1] == 0 ? input.sides()[0] : shape[1]) == input.type().arrayElementsPerExample();
    boolean batch = shape[0] == 0 || (declared[0] > 0 && shape[0] == declared[0]);
    return batch ? rest || all : shape[0] == -1 && all;
  }

  /**
   * The value as the vector per sample that ONNX has, in a vertex of its own where DL4J has an
   * image still; other values as they are.
   */
  private OnnxValue flattened(String name, OnnxValue value) {
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

  private void alias(OnnxNode node, OnnxValue value) {
    values.put(node.outputs().get(0), value);
  }

  /** An activation function; keeps the shape. */
  void activation(OnnxNode node, IActivation function) {
    OnnxValue input = value(node, 0);
    String name = node.outputs().get(0);
    builder.addLayer(name, new ActivationLayer(function), input.vertex());
    values.put(name, new OnnxValue(name, input.type(), input.flat()));
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

  private WeightTensor filled(OnnxNode node) {
    float[] sides = constant(node, 0).floats();
    long[] shape = new long[sides.length];
    long length = 1;
    for (int i = 0; i < sides.length; i++) {
      shape[i] = (long) sides[i];
      if (shape[i] < 0 || shape[i] > FILLED_FLOATS) {
        throw refused(node, "asks for a side of " + shape[i]);
      }
      length = Math.multiplyExact(length, shape[i]);
    }
    filledFloats = Math.addExact(filledFloats, length);
    if (filledFloats > FILLED_FLOATS) {
      throw refused(node, "asks for more than " + FILLED_FLOATS + " numbers that are not there");
    }
    WeightTensor value = node.tensor("value");
    float number = value == null ? 0 : value.floats()[0];
    int count = Math.toIntExact(length);
    return WeightTensor.computed(
        node.outputs().get(0),
        shape,
        () -> {
          float[] values = new float[count];
          Arrays.fill(values, number);
          return values;
        });
  }

  SinterException refused(OnnxNode node, String why) {
    return OnnxNetwork.refused(
        graph.source(), "node " + node.name() + " (" + node.operator() + ") " + why);
  }
}
