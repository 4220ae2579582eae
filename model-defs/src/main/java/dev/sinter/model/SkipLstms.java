package dev.sinter.model;

import java.util.List;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.lossfunctions.ILossFunction;

/**
 * Stacked LSTMs with skips from each layer's input to its output, as in Wu et al. 2016, section
 * 3.1, for sequences of slices or frames. The last step is classified; the paper's encoder and
 * decoder have no such head.
 */
final class SkipLstms {
  private static final ModelCard.Paper PAPER =
      new ModelCard.Paper(
          "Google's Neural Machine Translation System: Bridging the Gap between Human and Machine"
              + " Translation",
          "Yonghui Wu, Mike Schuster, Zhifeng Chen, Quoc V. Le, Mohammad Norouzi and others",
          2016,
          "1609.08144");

  /** One layer has nothing to skip. */
  private static final ModelOption DEPTH =
      new ModelOption.WholeNumber("depth", 4, 2, 16, "number of LSTM layers");

  private static final ModelOption WIDTH =
      new ModelOption.WholeNumber("width", 128, 1, 4096, "channels of every layer's output");

  private static final ModelOption SKIP =
      new ModelOption.Choice(
          "skip",
          "add",
          List.of("add", "concat", "none"),
          "what the second layer and those above do with their input: add it to their output,"
              + " concatenate both, or nothing");

  private static final ModelOption DROPOUT =
      new ModelOption.Fraction(
          "dropout", 0.2, 0.9, "share of each layer's input that training drops, but the first's");

  private SkipLstms() {}

  static List<ModelDefinition> definitions() {
    return List.of(
        new ModelDefinition(
            "skip-lstm",
            "skip-lstm",
            ModelCard.CLASSIFICATION,
            PAPER,
            InputShape.sequence(64, 32),
            2,
            List.of(DEPTH, WIDTH, SKIP, DROPOUT),
            SkipLstms::build));
  }

  private static void build(
      NetworkGraph graph, ModelSpec spec, OptionValues options, ILossFunction loss) {
    SpecChecks.minimumSteps(spec, 1);
    int width = options.number("width");
    String x = graph.endOfStage("layer1", lstm(graph, "layer1-lstm", NetworkGraph.INPUT, width));
    int channels = width;
    for (int number = 2; number <= options.number("depth"); number++) {
      String name = "layer" + number;
      String y = VectorBlocks.dropout(graph, name + "-dropout", x, options.fraction("dropout"));
      y = lstm(graph, name + "-lstm", y, width);
      switch (options.word("skip")) {
        case "add" -> x = graph.add(name + "-add", x, y);
        case "concat" -> {
          x = graph.concatenate(name + "-concat", x, y);
          channels += width;
        }
        default -> x = y;
      }
      graph.endOfStage(name, x); // width x steps
    }
    x = graph.endOfStage("last-step", graph.lastStep("last-step", x));
    x = OutputBlocks.classifier(graph, "head", x, channels, spec.classes(), loss);
    graph.endOfStage("head", x);
  }

  /**
   * One layer, {@code [N, C, T] -> [N, width, T]}. As in torch all weights start uniform in plus or
   * minus {@code 1 / sqrt(width)}; biases start at 0 but those of the forget gates at 1.
   */
  private static String lstm(NetworkGraph graph, String name, String input, int width) {
    return graph.layer(
        name,
        new LSTM.Builder()
            .nOut(width)
            .activation(Activation.TANH)
            .gateActivationFunction(Activation.SIGMOID)
            .forgetGateBiasInit(1.0)
            .weightInit(VectorBlocks.uniform(width))
            .weightInitRecurrent(VectorBlocks.uniform(width))
            .build(),
        input);
  }
}
