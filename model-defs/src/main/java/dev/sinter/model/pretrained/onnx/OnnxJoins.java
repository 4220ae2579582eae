package dev.sinter.model.pretrained.onnx;

import dev.sinter.model.pretrained.WeightTensor;
import java.util.Arrays;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.CnnLossLayer;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.impl.ActivationSoftmax;

/** The operators that join values, look at them in other ways, or give constants. */
final class OnnxJoins {
  /**
   * Floats that a file may ask for without holding them: 1 GiB. A whole VGG has 144 million
   * weights.
   */
  private static final long FILLED_FLOATS = 1L << 28;

  private final OnnxVertices vertices;
  private final OnnxOperators operators;
  private long filledFloats;

  OnnxJoins(OnnxVertices vertices) {
    this.vertices = vertices;
    this.operators = new OnnxOperators(vertices);
  }

  void add(OnnxNode node) {
    switch (node.operator()) {
      case "Constant" -> {
        WeightTensor tensor = node.tensor("value");
        if (tensor == null) {
          throw vertices.refused(node, "has no tensor");
        }
        vertices.constant(node, tensor);
      }
      case "ConstantOfShape" -> vertices.constant(node, filled(node));
      case "Identity", "Dropout" -> {
        if (vertices.isConstant(node.inputs().get(0))) {
          vertices.constant(node, vertices.constant(node, 0));
        } else {
          vertices.give(node, vertices.value(node, 0));
        }
      }
      case "Flatten" -> {
        if (vertices.axis(node, node.whole("axis", 1), vertices.value(node, 0)) != 1) {
          throw vertices.refused(node, "flattens from another axis than 1");
        }
        flatten(node);
      }
      case "Reshape" -> {
        float[] shape = vertices.constant(node, 1).floats();
        if (!flattens(node, shape)) {
          throw vertices.refused(
              node, "reshapes to " + Arrays.toString(shape) + "; one vector per sample is known");
        }
        flatten(node);
      }
      case "Squeeze" -> {
        if (!squeezesPositions(node)) {
          throw vertices.refused(node, "removes other axes than the positions of pooled values");
        }
        vertices.give(node, vertices.value(node, 0).withAxes(2));
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

  /** Axes are an attribute or an input, by version; none are all of one element. */
  private boolean squeezesPositions(OnnxNode node) {
    OnnxValue input = vertices.value(node, 0);
    int[] axes =
        node.hasInput(1) ? OnnxWindows.wholes(vertices.constant(node, 1)) : node.wholes("axes");
    return input.pooled()
        && (axes.length == 0
            || (axes.length == input.axes() - 2
                && Arrays.stream(axes)
                        .map(axis -> vertices.axis(node, axis, input))
                        .filter(axis -> axis >= 2)
                        .distinct()
                        .count()
                    == axes.length));
  }

  private void softmax(OnnxNode node) {
    OnnxValue input = vertices.value(node, 0);
    boolean oneAxis = vertices.graph().opset() >= 13;
    int axis = vertices.axis(node, node.whole("axis", oneAxis ? -1 : 1), input);
    String name = node.outputs().get(0);
    // Of a pooled value DL4J has the channels alone.
    int last = input.pooled() ? 1 : input.axes() - 1;
    if (axis == last) {
      // DL4J's goes along the last axis that it sees.
      OnnxValue vector = vertices.flattened(name, input);
      vertices.activation(node, new ActivationSoftmax(), vector);
    } else if (oneAxis
        && axis == 1
        && input.axes() == 4
        && vertices.graph().outputs().contains(name)) {
      vertices.layer(
          node, new CnnLossLayer.Builder().activation(Activation.SOFTMAX).build(), input);
    } else {
      throw vertices.refused(node, "is along axis " + axis + " of " + input.axes());
    }
  }

  private void elements(OnnxNode node, ElementWiseVertex.Op op) {
    OnnxValue one = vertices.value(node, 0);
    for (int i = 1; i < node.inputs().size(); i++) {
      OnnxValue other = vertices.value(node, i);
      if (one.axes() != other.axes() || !haveSameSides(one, other)) {
        throw vertices.refused(node, "joins values of different shapes");
      }
    }
    vertices.join(node, new ElementWiseVertex(op));
  }

  private static boolean haveSameSides(OnnxValue one, OnnxValue other) {
    return (one.flat() || other.flat())
        ? one.type().arrayElementsPerExample() == other.type().arrayElementsPerExample()
        : Arrays.equals(one.sides(), other.sides());
  }

  private void concatenate(OnnxNode node) {
    if (vertices.axis(node, node.whole("axis", 1), vertices.value(node, 0)) != 1) {
      throw vertices.refused(node, "joins along another axis than the channels");
    }
    vertices.join(node, new MergeVertex());
  }

  private void flatten(OnnxNode node) {
    OnnxValue input = vertices.value(node, 0);
    boolean vector = input.type() instanceof InputType.InputTypeFeedForward;
    if (!vector && !(input.type() instanceof InputType.InputTypeConvolutional)) {
      throw vertices.refused(node, "flattens something else than an image");
    }
    vertices.give(node, input.withAxes(2));
  }

  /**
   * Whether a shape asks for one vector per sample and nothing else: the batch as it is, and behind
   * it all values of a sample.
   */
  private boolean flattens(OnnxNode node, float[] shape) {
    if (shape.length != 2 || node.whole("allowzero", 0) != 0) {
      return false;
    }
    OnnxValue input = vertices.value(node, 0);
    long[] declared = vertices.graph().inputs().get(vertices.firstInput().vertex());
    boolean rest = shape[1] == -1;
    boolean all =
        (shape[1] == 0 ? input.sides()[0] : shape[1]) == input.type().arrayElementsPerExample();
    boolean batch = shape[0] == 0 || (declared[0] > 0 && shape[0] == declared[0]);
    return batch ? rest || all : shape[0] == -1 && all;
  }

  private WeightTensor filled(OnnxNode node) {
    float[] sides = vertices.constant(node, 0).floats();
    long[] shape = new long[sides.length];
    long length = 1;
    for (int i = 0; i < sides.length; i++) {
      shape[i] = (long) sides[i];
      if (shape[i] < 0 || shape[i] > FILLED_FLOATS) {
        throw vertices.refused(node, "asks for a side of " + shape[i]);
      }
      length = Math.multiplyExact(length, shape[i]);
    }
    filledFloats = Math.addExact(filledFloats, length);
    if (filledFloats > FILLED_FLOATS) {
      throw vertices.refused(
          node, "asks for more than " + FILLED_FLOATS + " numbers that are not there");
    }
    WeightTensor value = node.tensor("value");
    float number = value == null ? 0 : value.floats()[0];
    return WeightTensor.filled(node.outputs().get(0), shape, number);
  }
}
