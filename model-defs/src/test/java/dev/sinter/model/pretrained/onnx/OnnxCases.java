package dev.sinter.model.pretrained.onnx;

import dev.sinter.model.pretrained.WeightTensor;
import dev.sinter.model.pretrained.onnx.OnnxGraphWriter.Attributes;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/** Graphs of one or two operators from {@code x} to {@code y}, for tests of what is imported. */
final class OnnxCases {
  private OnnxCases() {}

  /**
   * A graph.
   *
   * @param in sides of x, without the batch
   * @param out sides of y, without the batch
   */
  record Case(String name, List<Long> in, List<Long> out, Consumer<OnnxGraphWriter> nodes) {
    @Override
    public String toString() {
      return name;
    }
  }

  /** Writes a graph into a folder, with more outputs than y if there are any. */
  static Path write(Path folder, Case graph, String... moreOutputs) throws IOException {
    OnnxGraphWriter writer = new OnnxGraphWriter();
    writer.input("x", graph.in());
    graph.nodes().accept(writer);
    writer.output("y", graph.out());
    for (String name : moreOutputs) {
      writer.output(name, graph.out());
    }
    Path file = folder.resolve("graph.onnx");
    try (OutputStream stream = Files.newOutputStream(file)) {
      writer.write("graph", stream);
    }
    return file;
  }

  static Case model(String name, List<Long> in, List<Long> out, Consumer<OnnxGraphWriter> nodes) {
    return new Case(name, in, out, nodes);
  }

  static Case named(String name, Case graph) {
    return new Case(name, graph.in(), graph.out(), graph.nodes());
  }

  static Case one(String operator, List<Long> in, List<Long> out, Attributes attributes) {
    String plain = operator.replaceAll("[()]", "");
    return model(operator, in, out, graph -> graph.node(plain, "y", attributes, "x"));
  }

  static Case pool(
      String operator, List<Long> in, List<Long> out, Attributes attributes, long... kernel) {
    return one(operator, in, out, attributes.wholes("kernel_shape", kernel));
  }

  static Attributes none() {
    return new Attributes();
  }

  static Attributes strided(long... strides) {
    return none().wholes("strides", strides);
  }

  static List<Long> sides(long... sides) {
    return Arrays.stream(sides).boxed().toList();
  }

  static String norm(OnnxGraphWriter graph, String x, long channels) {
    float[] variances = values("variance", channels);
    for (int i = 0; i < variances.length; i++) {
      variances[i] = 2 + variances[i] / 2;
    }
    return graph.node(
        "BatchNormalization",
        "y",
        none().real("epsilon", 0.01),
        x,
        weights(graph, "scale", channels),
        weights(graph, "shift", channels),
        weights(graph, "mean", channels),
        constant(graph, "variance", variances));
  }

  static String gemm(OnnxGraphWriter graph, String x, long inputs) {
    return graph.node(
        "Gemm",
        "y",
        none().whole("transB", 1),
        x,
        weights(graph, "w", 4, inputs),
        weights(graph, "b", 4));
  }

  /** Another image of x; stock DL4J's activations would overwrite x itself. */
  static String mixed(OnnxGraphWriter graph, long channels) {
    return graph.node("Conv", "r", none(), "x", weights(graph, "mix", channels, channels, 1, 1));
  }

  /** Means over all positions, which keep their axes. */
  static String pooled(OnnxGraphWriter graph, String x) {
    return graph.node("GlobalAveragePool", x + "-pooled", none(), x);
  }

  static String reshape(OnnxGraphWriter graph, String name, long... shape) {
    return graph.node("Reshape", name, none(), "x", graph.wholes("shape", shape));
  }

  static String weights(OnnxGraphWriter graph, String name, long... shape) {
    return graph.weights(WeightTensor.of(name, shape, values(name, shape)));
  }

  static String constant(OnnxGraphWriter graph, String name, float... values) {
    return graph.weights(WeightTensor.of(name, new long[] {values.length}, values));
  }

  static String number(OnnxGraphWriter graph, String name, float value) {
    return graph.weights(WeightTensor.of(name, new long[0], new float[] {value}));
  }

  /** Of both signs, different everywhere and for every name. */
  static float[] values(String name, long... shape) {
    float[] values = new float[(int) Arrays.stream(shape).reduce(1, (a, b) -> a * b)];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (2 * Math.sin(1.7 * i + name.hashCode() % 100));
    }
    return values;
  }
}
