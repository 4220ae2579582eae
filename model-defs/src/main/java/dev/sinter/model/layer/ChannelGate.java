package dev.sinter.model.layer;

import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;

/**
 * Multiplies all channels of the first input by the one channel of the second: {@code [N, C, H, W]}
 * and {@code [N, 1, H, W]} to {@code [N, C, H, W]}, and the same for volumes. DL4J computes such a
 * product, but its own vertex asks for the same number of channels.
 */
public final class ChannelGate extends ElementWiseVertex {
  private static final long serialVersionUID = 1L;

  /** Creates the vertex; for DL4J's JSON as well. */
  public ChannelGate() {
    super(Op.Product);
  }

  @Override
  public InputType getOutputType(int index, InputType... inputs) {
    long values = inputs[0].arrayElementsPerExample();
    long factors = inputs[1].arrayElementsPerExample();
    if (values != factors * channels(inputs[0]) || channels(inputs[1]) != 1) {
      throw new IllegalStateException(
          "a gate needs one factor per position of " + inputs[0] + ", not " + inputs[1]);
    }
    return inputs[0];
  }

  private static long channels(InputType type) {
    if (type instanceof InputType.InputTypeConvolutional image) {
      return image.getChannels();
    }
    if (type instanceof InputType.InputTypeConvolutional3D volume) {
      return volume.getChannels();
    }
    throw new IllegalStateException("a gate needs images or volumes, not " + type);
  }

  @Override
  public int maxVertexInputs() {
    return 2;
  }

  @Override
  public ChannelGate clone() {
    return new ChannelGate();
  }

  /** All instances are equal: there is nothing to configure. */
  @Override
  public boolean equals(Object other) {
    return other instanceof ChannelGate;
  }

  @Override
  public int hashCode() {
    return ChannelGate.class.hashCode();
  }

  @Override
  public String toString() {
    return "ChannelGate()";
  }
}
