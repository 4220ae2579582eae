package dev.sinter.model.pretrained.onnx;

import dev.sinter.model.InputShape;
import org.deeplearning4j.nn.conf.inputs.InputType;

/**
 * A value of an ONNX graph that depends on the network's input.
 *
 * @param vertex that gives it
 * @param type of the vertex' output
 * @param axes with the batch, as ONNX counts them
 */
record OnnxValue(String vertex, InputType type, int axes) {
  static OnnxValue of(String vertex, InputType type) {
    return new OnnxValue(vertex, type, InputShape.sides(type).size() + 1);
  }

  OnnxValue withAxes(int other) {
    return new OnnxValue(vertex, type, other);
  }

  /** Whether ONNX has it as a vector per sample where DL4J has an image still. */
  boolean flat() {
    return axes == 2 && sides().length > 1;
  }

  /** Whether ONNX still has it as an image or so of one position where DL4J has a vector. */
  boolean pooled() {
    return axes > 2 && sides().length == 1;
  }

  /** Sides behind the batch, channels first, as DL4J has them. */
  long[] sides() {
    return InputShape.sides(type).stream().mapToLong(Long::longValue).toArray();
  }

  /** Positions: height and width of an image. */
  int[] positions() {
    long[] sides = sides();
    int[] positions = new int[sides.length - 1];
    for (int i = 0; i < positions.length; i++) {
      positions[i] = (int) sides[i + 1];
    }
    return positions;
  }
}
