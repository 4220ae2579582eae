package dev.sinter.model.pretrained.onnx;

import static dev.sinter.model.pretrained.onnx.OnnxCases.constant;
import static dev.sinter.model.pretrained.onnx.OnnxCases.gemm;
import static dev.sinter.model.pretrained.onnx.OnnxCases.mixed;
import static dev.sinter.model.pretrained.onnx.OnnxCases.model;
import static dev.sinter.model.pretrained.onnx.OnnxCases.none;
import static dev.sinter.model.pretrained.onnx.OnnxCases.norm;
import static dev.sinter.model.pretrained.onnx.OnnxCases.number;
import static dev.sinter.model.pretrained.onnx.OnnxCases.one;
import static dev.sinter.model.pretrained.onnx.OnnxCases.pool;
import static dev.sinter.model.pretrained.onnx.OnnxCases.pooled;
import static dev.sinter.model.pretrained.onnx.OnnxCases.reshape;
import static dev.sinter.model.pretrained.onnx.OnnxCases.sides;
import static dev.sinter.model.pretrained.onnx.OnnxCases.strided;
import static dev.sinter.model.pretrained.onnx.OnnxCases.values;
import static dev.sinter.model.pretrained.onnx.OnnxCases.weights;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.sinter.model.pretrained.GenericNetwork;
import dev.sinter.model.pretrained.onnx.OnnxCases.Case;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.factory.Nd4j;

/** What is imported computes what ONNX Runtime computes. */
class OnnxOperatorsTest {
  private static final int BATCH = 2;

  @TempDir private Path folder;

  static List<Case> windows() {
    return List.of(
        model(
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
        model(
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
        model(
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
        model(
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
        model(
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
        model(
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
        model(
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
        model(
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
        model(
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
        pool("AveragePool", sides(2, 8), sides(2, 4), strided(2), 2),
        pool("AveragePool", sides(3, 9), sides(3, 4), strided(2), 3),
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
        model("BatchNormalization", sides(3, 4, 4), sides(3, 4, 4), graph -> norm(graph, "x", 3)),
        model(
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
        model(
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
        model(
            "MatMul",
            sides(5),
            sides(4),
            graph -> graph.node("MatMul", "y", none(), "x", weights(graph, "w", 5, 4))),
        model(
            "Flatten",
            sides(2, 3, 2),
            sides(4),
            graph -> gemm(graph, graph.node("Flatten", "flat", none(), "x"), 12)),
        model(
            "Reshape 0 -1",
            sides(2, 3, 2),
            sides(4),
            graph -> gemm(graph, reshape(graph, "flat", 0, -1), 12)),
        model(
            "Reshape -1 12",
            sides(2, 3, 2),
            sides(4),
            graph -> gemm(graph, reshape(graph, "flat", -1, 12), 12)),
        model(
            "Concat",
            sides(2, 3, 3),
            sides(4, 3, 3),
            graph -> graph.node("Concat", "y", none().whole("axis", 1), "x", mixed(graph, 2))),
        model(
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
        model(
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
        model(
            "Pad",
            sides(2, 3, 3),
            sides(2, 4, 6),
            graph ->
                graph.node("Pad", "y", none(), "x", graph.wholes("pads", 0, 0, 1, 2, 0, 0, 0, 1))),
        model(
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
        model(
            "Softmax behind GlobalAveragePool",
            sides(3, 4, 2),
            sides(3, 1, 1),
            graph -> graph.node("Softmax", "y", none().whole("axis", 1), pooled(graph, "x"))),
        model(
            "Concat and Squeeze behind GlobalAveragePool",
            sides(3, 4, 2),
            sides(6),
            graph ->
                graph.node(
                    "Squeeze",
                    "y",
                    none(),
                    graph.node(
                        "Concat",
                        "joined",
                        none().whole("axis", 1),
                        pooled(graph, "x"),
                        pooled(graph, mixed(graph, 3))),
                    graph.wholes("axes", 2, -1))),
        model(
            "Softmax behind ReduceMean",
            sides(3, 4, 2),
            sides(3),
            graph ->
                graph.node(
                    "Softmax",
                    "y",
                    none(),
                    graph.node(
                        "ReduceMean",
                        "means",
                        none().wholes("axes", 2, 3).whole("keepdims", 0),
                        "x"))),
        one("Softmax", sides(2, 3, 4), sides(2, 3, 4), none()),
        one("Softmax", sides(3, 2, 2), sides(3, 2, 2), none().whole("axis", 1)),
        model(
            "Softmax behind Flatten",
            sides(4, 1, 1),
            sides(4),
            graph ->
                graph.node("Softmax", "y", none(), graph.node("Flatten", "flat", none(), "x"))),
        model(
            "Softmax behind Reshape",
            sides(2, 2, 3),
            sides(12),
            graph ->
                graph.node("Softmax", "y", none().whole("axis", 1), reshape(graph, "flat", 0, -1))),
        model(
            "Softmax between Flatten and Gemm",
            sides(2, 3, 2),
            sides(4),
            graph ->
                gemm(
                    graph,
                    graph.node(
                        "Softmax", "soft", none(), graph.node("Flatten", "flat", none(), "x")),
                    12)),
        model(
            "PRelu",
            sides(3, 2, 2),
            sides(3, 2, 2),
            graph -> graph.node("PRelu", "y", none(), "x", weights(graph, "w", 3, 1, 1))),
        model(
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
          model(
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
    Path file = OnnxCases.write(folder, graph);
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
}
