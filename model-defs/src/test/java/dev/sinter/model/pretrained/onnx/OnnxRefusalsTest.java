package dev.sinter.model.pretrained.onnx;

import static dev.sinter.model.pretrained.onnx.OnnxCases.mixed;
import static dev.sinter.model.pretrained.onnx.OnnxCases.model;
import static dev.sinter.model.pretrained.onnx.OnnxCases.named;
import static dev.sinter.model.pretrained.onnx.OnnxCases.none;
import static dev.sinter.model.pretrained.onnx.OnnxCases.one;
import static dev.sinter.model.pretrained.onnx.OnnxCases.pool;
import static dev.sinter.model.pretrained.onnx.OnnxCases.pooled;
import static dev.sinter.model.pretrained.onnx.OnnxCases.reshape;
import static dev.sinter.model.pretrained.onnx.OnnxCases.sides;
import static dev.sinter.model.pretrained.onnx.OnnxCases.weights;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.error.SinterException;
import dev.sinter.model.pretrained.onnx.OnnxCases.Case;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What would be imported wrongly, or asks for more than its file holds, is refused by name. */
class OnnxRefusalsTest {
  @TempDir private Path folder;

  static Stream<Case> refused() {
    List<Case> cases = new ArrayList<>();
    for (long[] shape : new long[][] {{-1, 12}, {0, 4}, {1, -1}, {2, -1}, {-1, 0}, {6, 4}, {24}}) {
      cases.add(model("(Reshape)", sides(2, 3, 4), sides(1), graph -> reshape(graph, "y", shape)));
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
    for (long axis : new long[] {-1, 3}) { // a position that was pooled
      cases.add(
          model(
              "(Softmax)",
              sides(3, 4, 2),
              sides(3, 1, 1),
              graph -> graph.node("Softmax", "y", none().whole("axis", axis), pooled(graph, "x"))));
      cases.add(
          model(
              "(Concat)",
              sides(3, 4, 2),
              sides(3, 1, 2),
              graph ->
                  graph.node(
                      "Concat",
                      "y",
                      none().whole("axis", axis),
                      pooled(graph, "x"),
                      pooled(graph, mixed(graph, 3)))));
    }
    cases.add(
        model(
            "(Conv)",
            sides(3, 4, 2),
            sides(2, 1, 1),
            graph ->
                graph.node(
                    "Conv", "y", none(), pooled(graph, "x"), weights(graph, "w", 2, 3, 1, 1))));
    cases.add(
        model(
            "(Squeeze)",
            sides(3, 4, 2),
            sides(3, 1),
            graph ->
                graph.node("Squeeze", "y", none(), pooled(graph, "x"), graph.wholes("axes", 3))));
    cases.add(
        model(
            "[y, aside]",
            sides(4),
            sides(4),
            graph -> {
              graph.node("Relu", "y", none(), "x");
              graph.node("Tanh", "aside", none(), "x");
            }));
    for (long[] shape : new long[][] {{Integer.MAX_VALUE}, {1 << 20, 1 << 20}, {-3}}) {
      cases.add(
          model(
              "(ConstantOfShape)",
              sides(4),
              sides(4),
              graph -> {
                graph.node("ConstantOfShape", "c", none(), graph.wholes("shape", shape));
                graph.node("Relu", "y", none(), "x");
              }));
    }
    cases.add(
        model(
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
    String[] more = graph.name().contains("aside") ? new String[] {"aside"} : new String[0];
    Path file = OnnxCases.write(folder, graph, more);
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
      Path file = tensorFile(tensor.number(2, 1).text(8, "w").bytes(9, bytes));
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
        tensorFile(
            floats.bytes(4, new byte[] {0, 0, (byte) 0x80, 0x3f, 0, 0, 0, 0x40}).real(4, -5));
    assertThat(OnnxWeights.read(file).tensors().get("w").floats()).containsExactly(1, 2, -5);
    ProtoWriter wholes = new ProtoWriter().number(1, 3).number(2, 7).text(8, "w");
    file = tensorFile(wholes.bytes(7, new byte[] {7, (byte) 0x80, 1}).number(7, -9));
    assertThat(OnnxWeights.read(file).tensors().get("w").floats()).containsExactly(7, 128, -9);
  }

  private Path tensorFile(ProtoWriter tensor) throws IOException {
    ProtoWriter model = new ProtoWriter().message(7, new ProtoWriter().message(5, tensor));
    return Files.write(folder.resolve("weights.onnx"), model.toBytes());
  }
}
