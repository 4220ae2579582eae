package dev.sinter.model.pretrained.onnx;

import dev.sinter.model.pretrained.WeightTensor;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * An ONNX file under construction, of opset 13 (IR version 7). Field numbers are those of {@code
 * onnx.proto}.
 */
final class OnnxGraphWriter {
  /** The first opset whose softmax works along one axis. */
  static final int OPSET = 13;

  private static final int IR_VERSION = 7;
  private static final int FLOAT = 1;
  private static final int INT64 = 7;

  private final ProtoWriter graph = new ProtoWriter();

  /** Attributes of a node. */
  static final class Attributes {
    private final ProtoWriter node = new ProtoWriter();

    Attributes whole(String name, long value) {
      node.message(5, new ProtoWriter().text(1, name).number(3, value).number(20, 2));
      return this;
    }

    Attributes real(String name, double value) {
      node.message(5, new ProtoWriter().text(1, name).real(2, (float) value).number(20, 1));
      return this;
    }

    Attributes text(String name, String value) {
      node.message(5, new ProtoWriter().text(1, name).text(4, value).number(20, 3));
      return this;
    }

    Attributes wholes(String name, long... values) {
      ProtoWriter attribute = new ProtoWriter().text(1, name);
      for (long value : values) {
        attribute.number(8, value);
      }
      node.message(5, attribute.number(20, 7));
      return this;
    }
  }

  /** Adds a node with one output, which has the node's name; returns it. */
  String node(String operator, String name, Attributes attributes, String... inputs) {
    ProtoWriter node = new ProtoWriter();
    for (String input : inputs) {
      node.text(1, input);
    }
    node.text(2, name).text(3, name).text(4, operator);
    byte[] own = node.toBytes();
    byte[] rest = attributes.node.toBytes();
    byte[] all = new byte[own.length + rest.length];
    System.arraycopy(own, 0, all, 0, own.length);
    System.arraycopy(rest, 0, all, own.length, rest.length);
    graph.bytes(1, all);
    return name;
  }

  /** Adds weights. */
  String weights(WeightTensor tensor) {
    float[] values = tensor.floats();
    ByteBuffer bytes =
        ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return constant(tensor.name(), FLOAT, tensor.shape(), bytes.array());
  }

  /** Adds a vector of whole numbers. */
  String wholes(String name, long... values) {
    ByteBuffer bytes =
        ByteBuffer.allocate(values.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asLongBuffer().put(values);
    return constant(name, INT64, new long[] {values.length}, bytes.array());
  }

  private String constant(String name, int type, long[] shape, byte[] bytes) {
    ProtoWriter tensor = new ProtoWriter();
    for (long side : shape) {
      tensor.number(1, side);
    }
    graph.message(5, tensor.number(2, type).text(8, name).bytes(9, bytes));
    return name;
  }

  /** Declares an input of the network. */
  void input(String name, List<Long> shape) {
    graph.message(11, value(name, shape));
  }

  /** Declares an output of the network. */
  void output(String name, List<Long> shape) {
    graph.message(12, value(name, shape));
  }

  /** Floats with a free batch dimension in front of the shape. */
  private static ProtoWriter value(String name, List<Long> shape) {
    ProtoWriter sides = new ProtoWriter().message(1, new ProtoWriter().text(2, "N"));
    for (long side : shape) {
      sides.message(1, new ProtoWriter().number(1, side));
    }
    ProtoWriter tensor = new ProtoWriter().number(1, FLOAT).message(2, sides);
    return new ProtoWriter().text(1, name).message(2, new ProtoWriter().message(1, tensor));
  }

  /** Writes the file. */
  void write(String graphName, OutputStream stream) throws IOException {
    graph.text(2, graphName);
    new ProtoWriter()
        .number(1, IR_VERSION)
        .text(2, "sinter")
        .message(7, graph)
        .message(8, new ProtoWriter().text(1, "").number(2, OPSET))
        .writeTo(stream);
  }
}
