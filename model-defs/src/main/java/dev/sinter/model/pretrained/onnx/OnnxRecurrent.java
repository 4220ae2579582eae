package dev.sinter.model.pretrained.onnx;

import static dev.sinter.model.pretrained.onnx.OnnxExport.unsupported;

import dev.sinter.model.pretrained.WeightTensor;
import dev.sinter.model.pretrained.onnx.OnnxGraphWriter.Attributes;
import java.util.Map;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.nd4j.linalg.activations.impl.ActivationSigmoid;
import org.nd4j.linalg.activations.impl.ActivationTanH;

/**
 * Layers on sequences, {@code [N, C, T]} in DL4J, as ONNX nodes, which have steps first. Weights
 * keep DL4J's order in the file, so that they can be read back; nodes turn them into ONNX's.
 */
final class OnnxRecurrent {
  /** ONNX has input, output, forget, candidate: the place of each in DL4J's order. */
  private static final int[] GATES = {3, 2, 1, 0};

  private final OnnxGraphWriter graph;

  OnnxRecurrent(OnnxGraphWriter graph) {
    this.graph = graph;
  }

  /** Adds an LSTM that starts from zero; returns the name of its output. */
  String lstm(String vertex, LSTM layer, Map<String, WeightTensor> weights, String x) {
    if (!(layer.getActivationFn() instanceof ActivationTanH)
        || !(layer.getGateActivationFn() instanceof ActivationSigmoid)) {
      throw unsupported(vertex, "LSTM with other activations than tanh and sigmoid");
    }
    int units = Math.toIntExact(layer.getNOut());
    long[] order = new long[GATES.length * units];
    for (int i = 0; i < order.length; i++) {
      order[i] = (long) GATES[i / units] * units + i % units;
    }
    String gates = graph.wholes(vertex + "/gates", order);
    String first = graph.wholes(vertex + "/first", 0);
    String bias = graph.weights(weights.get("b"));
    bias = graph.node("Gather", vertex + "/bias", axis(0), bias, gates);
    String none =
        graph.weights(
            WeightTensor.of(vertex + "/none", new long[] {order.length}, new float[order.length]));
    bias = graph.node("Concat", vertex + "/biases", axis(0), bias, none);
    String y =
        graph.node(
            "LSTM",
            vertex + "/steps",
            new Attributes().whole("hidden_size", units),
            graph.node("Transpose", vertex + "/by-step", permutation(2, 0, 1), x),
            matrix(vertex + "/input", weights.get("W"), gates, first),
            matrix(vertex + "/recurrent", weights.get("RW"), gates, first),
            oneDirection(vertex + "/all-biases", bias, first));
    String direction = graph.wholes(vertex + "/direction", 1);
    y = graph.node("Squeeze", vertex + "/squeezed", new Attributes(), y, direction);
    return graph.node("Transpose", vertex, permutation(1, 2, 0), y);
  }

  /** The last of all steps. */
  String lastStep(String vertex, String x) {
    String last = graph.wholes(vertex + "/last", -1);
    String step = graph.node("Gather", vertex + "/step", axis(2), x, last);
    String steps = graph.wholes(vertex + "/axis", 2);
    return graph.node("Squeeze", vertex, new Attributes(), step, steps);
  }

  private String matrix(String name, WeightTensor tensor, String gates, String first) {
    String ordered = graph.node("Gather", name + "-gates", axis(0), graph.weights(tensor), gates);
    return oneDirection(name, ordered, first);
  }

  private String oneDirection(String name, String value, String first) {
    return graph.node("Unsqueeze", name, new Attributes(), value, first);
  }

  private static Attributes axis(int axis) {
    return new Attributes().whole("axis", axis);
  }

  private static Attributes permutation(long... axes) {
    return new Attributes().wholes("perm", axes);
  }
}
