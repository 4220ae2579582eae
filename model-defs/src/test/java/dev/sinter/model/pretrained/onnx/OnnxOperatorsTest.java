package dev.sinter.model.pretrained.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.sinter.error.SinterException;
import dev.sinter.model.pretrained.GenericNetwork;
import dev.sinter.model.pretrained.WeightTensor;
import dev.sinter.model.pretrained.onnx.OnnxGraphWriter.Attributes;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.factory.Nd4j;

/** Graphs of one or two operators: what is imported computes what ONNX Runtime computes. */
class OnnxOperatorsTest {
  private static final int BATCH = 2;

  @TempDir private Path folder;

  /**
   * A graph from {@code x} to {@code y}.
   *
   * @param in sides of x, without the batch
   * @param out sides of y, without the batch
   */
  private record Case(String name, List<Long> in, List<Long> out, Consumer<OnnxGraphWriter> nodes) {
    @Override
    public String toString() {
      return name;
    }
  }

  static List<Case> windows() {
    return List.of(
        of(
            "Conv, strided",
            sides(3, 7, 6),
            sides(4, 4, 3),
            graph ->
                graph.node(
                    "Conv",
                    "y",
                    strided(2, 2).wholes("pads", 1, 1, 1, 1),
                    "x",
                    weights(graph, "w", 4, 3, 3, 3),
                    weights(graph, "b", 4))),
        of(
            "Conv, padded unequally",
            sides(3, 7, 6),
            sides(2, 7, 6),
            graph ->
                graph.node(
                    "Conv",
                    "y",
                    none().wholes("pads", 0, 1, 2, 1),
                    "x",
                    weights(graph, "w", 2, 3, 3, 3))),
        of(
            "Conv, grouped",
            sides(4, 5, 5),
            sides(6, 3, 3),
            graph ->
                graph.node(
                    "Conv",
                    "y",
                    none().whole("group", 2),
                    "x",
                    weights(graph, "w", 6, 2, 3, 3),
                    weights(graph, "b", 6))),
        of(
            "Conv, dilated",
            sides(2, 7, 7),
            sides(3, 3, 3),
            graph ->
                graph.node(
                    "Conv",
                    "y",
                    none().wholes("dilations", 2, 2),
                    "x",
                    weights(graph, "w", 3, 2, 3, 3))),
        of(
            "Conv, SAME_LOWER",
            sides(2, 6, 5),
            sides(3, 3, 3),
            graph ->
                graph.node(
                    "Conv",
                    "y",
                    strided(2, 2).text("auto_pad", "SAME_LOWER"),
                    "x",
                    weights(graph, "w", 3, 2, 3, 3))),
        of(
            "Conv of sequences",
            sides(3, 9),
            sides(4, 5),
            graph ->
                graph.node(
                    "Conv",
                    "y",
                    strided(2).wholes("pads", 1, 1),
                    "x",
                    weights(graph, "w", 4, 3, 3),
                    weights(graph, "b", 4))),
        of(
            "Conv of volumes",
            sides(2, 4, 5, 6),
            sides(3, 3, 4, 5),
            graph ->
                graph.node(
                    "Conv",
                    "y",
                    none(),
                    "x",
                    weights(graph, "w", 3, 2, 2, 2, 2),
                    weights(graph, "b", 3))),
        of(
            "ConvTranspose",
            sides(3, 4, 5),
            sides(2, 7, 9),
            graph ->
                graph.node(
                    "ConvTranspose",
                    "y",
                    strided(2, 2).wholes("pads", 1, 1, 1, 1),
                    "x",
                    weights(graph, "w", 3, 2, 3, 3),
                    weights(graph, "b", 2))),
        of(
            "ConvTranspose of volumes",
            sides(2, 3, 3, 3),
            sides(3, 6, 6, 6),
            graph ->
                graph.node(
                    "ConvTranspose",
                    "y",
                    strided(2, 2, 2),
                    "x",
                    weights(graph, "w", 2, 3, 2, 2, 2))),
        pool("MaxPool", sides(2, 6, 6), sides(2, 3, 3), strided(2, 2), 2, 2),
        pool(
            "MaxPool",
            sides(2, 7, 7),
            sides(2, 4, 4),
            strided(2, 2).wholes("pads", 1, 1, 1, 1),
            3,
            3),
        pool("MaxPool", sides(2, 8), sides(2, 4), strided(2), 2),
        pool("MaxPool", sides(2, 4, 4, 4), sides(2, 2, 2, 2), strided(2, 2, 2), 2, 2, 2),
        pool(
            "AveragePool", sides(2, 5, 5), sides(2, 5, 5), none().wholes("pads", 1, 1, 1, 1), 3, 3),
        pool(
            "AveragePool",
            sides(2, 5, 5),
            sides(2, 5, 5),
            none().wholes("pads", 1, 1, 1, 1).whole("count_include_pad", 1),
            3,
            3),
        pool(
            "AveragePool",
            sides(2, 5, 5),
            sides(2, 3, 3),
            strided(2, 2).text("auto_pad", "SAME_UPPER"),
            2,
            2),
        pool("AveragePool", sides(2, 4, 4, 4), sides(2, 2, 2, 2), strided(2, 2, 2), 2, 2, 2),
        one("GlobalAveragePool", sides(3, 4, 5), sides(3, 1, 1), none()),
        one("GlobalMaxPool", sides(3, 4, 5), sides(3, 1, 1), none()),
        one(
            "ReduceMean",
            sides(3, 4, 5),
            sides(3),
            none().wholes("axes", 2, 3).whole("keepdims", 0)));
  }

  static List<Case> layers() {
    return List.of(
        of("BatchNormalization", sides(3, 4, 4), sides(3, 4, 4), graph -> norm(graph, "x", 3)),
        of(
            "InstanceNormalization",
            sides(3, 4, 4),
            sides(3, 4, 4),
            graph ->
                graph.node(
                    "InstanceNormalization",
                    "y",
                    none().real("epsilon", 0.01),
                    "x",
                    weights(graph, "scale", 3),
                    weights(graph, "shift", 3))),
        of(
            "Gemm",
            sides(5),
            sides(4),
            graph ->
                graph.node(
                    "Gemm",
                    "y",
                    none().whole("transB", 1).real("alpha", 0.5).real("beta", 2),
                    "x",
                    weights(graph, "w", 4, 5),
                    weights(graph, "b", 4))),
        of(
            "MatMul",
            sides(5),
            sides(4),
            graph -> graph.node("MatMul", "y", none(), "x", weights(graph, "w", 5, 4))),
        of(
            "Flatten",
            sides(2, 3, 2),
            sides(4),
            graph -> gemm(graph, graph.node("Flatten", "flat", none(), "x"), 12)),
        of(
            "Reshape 0 -1",
            sides(2, 3, 2),
            sides(4),
            graph -> gemm(graph, reshape(graph, "flat", 0, -1), 12)),
        of(
            "Reshape -1 12",
            sides(2, 3, 2),
            sides(4),
            graph -> gemm(graph, reshape(graph, "flat", -1, 12), 12)),
        of(
            "Concat",
            sides(2, 3, 3),
            sides(4, 3, 3),
            graph -> graph.node("Concat", "y", none().whole("axis", 1), "x", mixed(graph, 2))),
        of(
            "Concat, flattened",
            sides(2, 3, 3),
            sides(36),
            graph ->
                graph.node(
                    "Concat",
                    "y",
                    none().whole("axis", -1),
                    graph.node("Flatten", "one", none(), "x"),
                    graph.node("Flatten", "other", none(), mixed(graph, 2)))),
        of(
            "Add, flattened",
            sides(2, 3, 3),
            sides(4),
            graph ->
                gemm(
                    graph,
                    graph.node(
                        "Add",
                        "sum",
                        none(),
                        graph.node("Flatten", "one", none(), "x"),
                        graph.node("Flatten", "other", none(), mixed(graph, 2))),
                    18)),
        of(
            "Pad",
            sides(2, 3, 3),
            sides(2, 4, 6),
            graph ->
                graph.node("Pad", "y", none(), "x", graph.wholes("pads", 0, 0, 1, 2, 0, 0, 0, 1))),
        of(
            "Resize",
            sides(2, 3, 3),
            sides(2, 6, 9),
            graph ->
                graph.node(
                    "Resize",
                    "y",
                    none()
                        .text("mode", "nearest")
                        .text("coordinate_transformation_mode", "asymmetric")
                        .text("nearest_mode", "floor"),
                    "x",
                    "",
                    constant(graph, "scales", 1, 1, 2, 3))),
        one("Softmax", sides(5), sides(5), none()),
        one("Softmax", sides(2, 3, 4), sides(2, 3, 4), none()),
        one("Softmax", sides(3, 2, 2), sides(3, 2, 2), none().whole("axis", 1)),
        of(
            "Softmax behind Flatten",
            sides(4, 1, 1),
            sides(4),
            graph ->
                graph.node("Softmax", "y", none(), graph.node("Flatten", "flat", none(), "x"))),
        of(
            "Softmax behind Reshape",
            sides(2, 2, 3),
            sides(12),
            graph ->
                graph.node("Softmax", "y", none().whole("axis", 1), reshape(graph, "flat", 0, -1))),
        of(
            "Softmax between Flatten and Gemm",
            sides(2, 3, 2),
            sides(4),
            graph ->
                gemm(
                    graph,
                    graph.node(
                        "Softmax", "soft", none(), graph.node("Flatten", "flat", none(), "x")),
                    12)),
        of(
            "PRelu",
            sides(3, 2, 2),
            sides(3, 2, 2),
            graph -> graph.node("PRelu", "y", none(), "x", weights(graph, "w", 3, 1, 1))),
        of(
            "Clip",
            sides(3, 2, 2),
            sides(3, 2, 2),
            graph ->
                graph.node(
                    "Clip", "y", none(), "x", number(graph, "low", 0), number(graph, "high", 6))));
  }

  static List<Case> simple() {
    List<Case> cases = new ArrayList<>();
    for (String operator :
        List.of(
            "Relu",
            "Sigmoid",
            "Tanh",
            "Selu",
            "Softplus",
            "Softsign",
            "LeakyRelu",
            "Elu",
            "HardSigmoid",
            "Identity",
            "Dropout")) {
      cases.add(one(operator, sides(3, 4, 2), sides(3, 4, 2), none()));
    }
    for (String operator : List.of("Add", "Sum", "Mul", "Sub", "Max", "Mean")) {
      cases.add(
          of(
              operator,
              sides(3, 4, 2),
              sides(3, 4, 2),
              graph -> graph.node(operator, "y", none(), "x", mixed(graph, 3))));
    }
    return cases;
  }

  @ParameterizedTest
  @MethodSource({"windows", "layers", "simple"})
  void computesWhatOnnxRuntimeComputes(Case graph) throws IOException, OrtException {
    Path file = write(graph);
    long[] shape =
        LongStream.concat(LongStream.of(BATCH), graph.in().stream().mapToLong(side -> side))
            .toArray();
    float[] input = values("x", shape);
    GenericNetwork read = OnnxNetwork.read(file);
    ComputationGraph network = new ComputationGraph(read.configuration());
    network.init();
    if (read.parameters().length > 0) {
      network.setParams(Nd4j.createFromArray(read.parameters()).reshape(1, -1));
    }
    float[] actual =
        network.outputSingle(Nd4j.createFromArray(input).reshape(shape)).dup('c').data().asFloat();
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    try (OrtSession session = environment.createSession(file.toString());
        OnnxTensor tensor = OnnxTensor.createTensor(environment, FloatBuffer.wrap(input), shape);
        OrtSession.Result result = session.run(Map.of("x", tensor))) {
      float[] expected = ((OnnxTensor) result.get(0)).getFloatBuffer().array();
      assertThat(actual).containsExactly(expected, within(1e-4f));
      assertThat(Nd4j.createFromArray(expected).stdNumber().floatValue()).isPositive();
    }
  }

  static Stream<Case> refused() {
    List<Case> cases = new ArrayList<>();
    for (long[] shape : new long[][] {{-1, 12}, {0, 4}, {1, -1}, {2, -1}, {-1, 0}, {6, 4}, {24}}) {
      cases.add(of("(Reshape)", sides(2, 3, 4), sides(1), graph -> reshape(graph, "y", shape)));
    }
    cases.add(
        named(
            "(AveragePool)",
            pool(
                "AveragePool",
                sides(2, 8),
                sides(2, 8),
                none().wholes("pads", 1, 1).whole("count_include_pad", 1),
                3)));
    cases.add(
        named(
            "(AveragePool)",
            pool(
                "AveragePool",
                sides(2, 4, 4, 4),
                sides(2, 4, 4, 4),
                none().wholes("pads", 1, 1, 1, 1, 1, 1).whole("count_include_pad", 1),
                3,
                3,
                3)));
    cases.add(named("(AveragePool)", pool("AveragePool", sides(2, 8), sides(2, 4), strided(2), 2)));
    cases.add(
        of(
            "[y, aside]",
            sides(4),
            sides(4),
            graph -> {
              graph.node("Relu", "y", none(), "x");
              graph.node("Tanh", "aside", none(), "x");
            }));
    for (long[] shape : new long[][] {{Integer.MAX_VALUE}, {1 << 20, 1 << 20}, {-3}}) {
      cases.add(
          of(
              "(ConstantOfShape)",
              sides(4),
              sides(4),
              graph -> {
                graph.node("ConstantOfShape", "c", none(), graph.wholes("shape", shape));
                graph.node("Relu", "y", none(), "x");
              }));
    }
    cases.add(
        of(
            "(PRelu)",
            sides(3, 1, 3),
            sides(9),
            graph ->
                graph.node(
                    "PRelu",
                    "y",
                    none(),
                    graph.node("Flatten", "flat", none(), "x"),
                    weights(graph, "w", 3))));
    cases.add(one("(Einsum)", sides(3), sides(3), none()));
    return cases.stream();
  }

  @ParameterizedTest
  @MethodSource
  void refused(Case graph) throws IOException {
    Path file = write(graph, graph.name().contains("aside") ? List.of("aside") : List.of());
    assertThatThrownBy(() -> OnnxNetwork.read(file))
        .isInstanceOfSatisfying(
            SinterException.class, e -> assertThat(e.code()).isEqualTo("OPERATOR_NOT_IMPORTED"))
        .hasMessageContaining(graph.name());
  }

  @Test
  void refusesShapesThatAreNotThoseOfTheirValues() throws IOException {
    for (long[] shape : new long[][] {{1L << 32, 1L << 32}, {-2, -3}, {1L << 62, 4}}) {
      byte[] bytes = new byte[shape[0] < 0 ? 24 : 0];
      ProtoWriter tensor = new ProtoWriter().number(1, shape[0]).number(1, shape[1]);
      Path file = weights(tensor.number(2, 1).text(8, "w").bytes(9, bytes));
      assertThatThrownBy(() -> OnnxWeights.read(file))
          .as(Arrays.toString(shape))
          .isInstanceOfSatisfying(
              SinterException.class, e -> assertThat(e.code()).isEqualTo("WEIGHTS_UNREADABLE"));
    }
  }

  /** Packed and one by one, as both are allowed. */
  @Test
  void readsListsOfNumbers() throws IOException {
    ProtoWriter floats = new ProtoWriter().number(1, 3).number(2, 1).text(8, "w");
    Path file =
        weights(floats.bytes(4, new byte[] {0, 0, (byte) 0x80, 0x3f, 0, 0, 0, 0x40}).real(4, -5));
    assertThat(OnnxWeights.read(file).tensors().get("w").floats()).containsExactly(1, 2, -5);
    ProtoWriter wholes = new ProtoWriter().number(1, 3).number(2, 7).text(8, "w");
    file = weights(wholes.bytes(7, new byte[] {7, (byte) 0x80, 1}).number(7, -9));
    assertThat(OnnxWeights.read(file).tensors().get("w").floats()).containsExactly(7, 128, -9);
  }

  private Path weights(ProtoWriter tensor) throws IOException {
    ProtoWriter model = new ProtoWriter().message(7, new ProtoWriter().message(5, tensor));
    return Files.write(folder.resolve("weights.onnx"), model.toBytes());
  }

  private Path write(Case graph) throws IOException {
    return write(graph, List.of());
  }

  private Path write(Case graph, List<String> moreOutputs) throws IOException {
    OnnxGraphWriter writer = new OnnxGraphWriter();
    writer.input("x", graph.in());
    graph.nodes().accept(writer);
    writer.output("y", graph.out());
    moreOutputs.forEach(name -> writer.output(name, graph.out()));
    Path file = folder.resolve("graph.onnx");
    try (OutputStream stream = Files.newOutputStream(file)) {
      writer.write("graph", stream);
    }
    return file;
  }

  private static Case of(
      String name, List<Long> in, List<Long> out, Consumer<OnnxGraphWriter> nodes) {
    return new Case(name, in, out, nodes);
  }

  private static Case named(String name, Case graph) {
    return new Case(name, graph.in(), graph.out(), graph.nodes());
  }

  private static Case one(String operator, List<Long> in, List<Long> out, Attributes attributes) {
    String plain = operator.replaceAll("[()]", "");
    return of(operator, in, out, graph -> graph.node(plain, "y", attributes, "x"));
  }

  private static Case pool(
      String operator, List<Long> in, List<Long> out, Attributes attributes, long... kernel) {
    return one(operator, in, out, attributes.wholes("kernel_shape", kernel));
  }

  private static Attributes none() {
    return new Attributes();
  }

  private static Attributes strided(long... strides) {
    return none().wholes("strides", strides);
  }

  private static List<Long> sides(long... sides) {
    return Arrays.stream(sides).boxed().toList();
  }

  private static String norm(OnnxGraphWriter graph, String x, long channels) {
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

  private static String gemm(OnnxGraphWriter graph, String x, long inputs) {
    return graph.node(
        "Gemm",
        "y",
        none().whole("transB", 1),
        x,
        weights(graph, "w", 4, inputs),
        weights(graph, "b", 4));
  }

  /** Another image of x; stock DL4J's activations would overwrite x itself. */
  private static String mixed(OnnxGraphWriter graph, long channels) {
    return graph.node("Conv", "r", none(), "x", weights(graph, "mix", channels, channels, 1, 1));
  }

  private static String reshape(OnnxGraphWriter graph, String name, long... shape) {
    return graph.node("Reshape", name, none(), "x", graph.wholes("shape", shape));
  }

  private static String weights(OnnxGraphWriter graph, String name, long... shape) {
    return graph.weights(WeightTensor.of(name, shape, values(name, shape)));
  }

  private static String constant(OnnxGraphWriter graph, String name, float... values) {
    return graph.weights(WeightTensor.of(name, new long[] {values.length}, values));
  }

  private static String number(OnnxGraphWriter graph, String name, float value) {
    return graph.weights(WeightTensor.of(name, new long[0], new float[] {value}));
  }

  /** Of both signs, different everywhere and for every name. */
  private static float[] values(String name, long... shape) {
    float[] values = new float[(int) Arrays.stream(shape).reduce(1, (a, b) -> a * b)];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (2 * Math.sin(1.7 * i + name.hashCode() % 100));
    }
    return values;
  }
}
