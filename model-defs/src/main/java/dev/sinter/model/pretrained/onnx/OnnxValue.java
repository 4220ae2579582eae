package dev.sinter.model.pretrained.onnx;

import org.deeplearning4j.nn.conf.inputs.InputType;

/**
 * A value of an ONNX graph that depends on the network's input.
 *
 * @param vertex that gives it
 * @param type of the vertex' output
 * @param flat whether ONNX has it as a vector per sample where DL4J has an image still
 */
record OnnxValue(String vertex, InputType type, boolean flat) {
  static OnnxValue of(String vertex, InputType type) {
    return new OnnxValue(vertex, type, false);
  }

  /** Sides behind the batch, channels first, as DL4J has them. */
  long[] sides() {
    if (type instanceof InputType.InputTypeConvolutional image) {
      return new long[] {image.getChannels(), image.getHeight(), image.getWidth()};
    }
    if (type instanceof InputType.InputTypeConvolutional3D volume) {
      return new long[] {
        volume.getChannels(), volume.getDepth(), volume.getHeight(), volume.getWidth()
      };
    }
    if (type instanceof InputType.InputTypeRecurrent sequence) {
      return new long[] {sequence.getSize(), sequence.getTimeSeriesLength()};
    }
    return new long[] {type.arrayElementsPerExample()};
  }

  /** Axes with the batch, as ONNX counts them. */
  int axes() {
    return flat ? 2 : sides().length + 1;
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
