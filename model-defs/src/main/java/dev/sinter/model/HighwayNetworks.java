package dev.sinter.model;

import static dev.sinter.model.ConvolutionBlocks.relu;

import java.util.List;
import org.deeplearning4j.nn.weights.IWeightInit;
import org.deeplearning4j.nn.weights.WeightInitRelu;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.lossfunctions.ILossFunction;

/**
 * Highway networks (Srivastava, Greff and Schmidhuber 2015), whose skips are gated: a layer gives
 * {@code H(x) T(x) + x (1 - T(x))}, where the gate {@code T} starts nearly closed, so that layers
 * start by handing on their input.
 *
 * <p>This is the fully connected form that the paper trains on MNIST: a plain layer on the
 * flattened image, then highway layers of the same width, then softmax. Depths of 10, 20, 50 and
 * 100 with 50 units per layer are the published ones.
 */
final class HighwayNetworks {
  private static final ModelCard.Paper PAPER =
      new ModelCard.Paper(
          "Highway Networks",
          "Rupesh Kumar Srivastava, Klaus Greff, Jürgen Schmidhuber",
          2015,
          "1505.00387");

  private static final ModelOption DEPTH =
      new ModelOption.WholeNumber(
          "depth", 10, 2, 200, "layers before the softmax, all but the first of them with gates");

  private static final ModelOption WIDTH =
      new ModelOption.WholeNumber("width", 50, 1, 4096, "outputs of every layer");

  private static final ModelOption GATE_BIAS =
      new ModelOption.WholeNumber(
          "gate-bias",
          -2,
          -10,
          -1,
          "what the biases of the gates start at: below 0, nearly closed");

  /** He et al. 2015, for layers behind which there is a rectifier. */
  private static final IWeightInit RECTIFIED = new WeightInitRelu();

  private HighwayNetworks() {}

  static List<ModelDefinition> definitions() {
    return List.of(
        new ModelDefinition(
            "highway",
            "highway",
            ModelCard.CLASSIFICATION,
            PAPER,
            InputShape.image(1, 28, 28),
            10,
            List.of(DEPTH, WIDTH, GATE_BIAS),
            HighwayNetworks::build));
  }

  /** Shapes in comments are for default options. */
  private static void build(
      NetworkGraph graph, ModelSpec spec, OptionValues options, ILossFunction loss) {
    int width = options.number("width");
    SpecChecks.minimumSize(spec, 1, "");
    String x = VectorBlocks.dense(graph, "stem-dense", NetworkGraph.INPUT, width, RECTIFIED, 0);
    x = graph.endOfStage("stem", relu(graph, "stem-relu", x)); // 50
    for (int layer = 2; layer <= options.number("depth"); layer++) {
      x = layer(graph, "layer" + layer, x, width, options.number("gate-bias"));
    }
    graph.endOfStage("layers", x); // 50
    x = OutputBlocks.classifier(graph, "head", x, width, spec.classes(), loss);
    graph.endOfStage("head", x);
  }

  /**
   * One gated layer, {@code [N, width] -> [N, width]}, computed as {@code x + T(x) (H(x) - x)},
   * which is the same with a vertex less.
   */
  private static String layer(
      NetworkGraph graph, String name, String input, int width, int gateBias) {
    IWeightInit uniform = VectorBlocks.uniform(width);
    String change = VectorBlocks.dense(graph, name + "-dense", input, width, RECTIFIED, 0);
    change = relu(graph, name + "-relu", change);
    change = graph.subtract(name + "-change", change, input);
    String gate = VectorBlocks.dense(graph, name + "-gate-dense", input, width, uniform, gateBias);
    gate = VectorBlocks.activation(graph, name + "-gate", gate, Activation.SIGMOID);
    return graph.add(name + "-add", input, graph.multiply(name + "-gated", gate, change));
  }
}
