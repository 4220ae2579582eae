package dev.sinter.model;

import static dev.sinter.model.ConvolutionBlocks.batchNorm;
import static dev.sinter.model.ConvolutionBlocks.relu;

import java.util.List;
import org.nd4j.linalg.lossfunctions.ILossFunction;

/**
 * A residual network of dense layers for rows of numbers, the "ResNet" of Gorishniy et al. 2021:
 * blocks of two dense layers, whose sum goes on from block to block without an activation.
 */
final class SkipMlps {
  private static final ModelCard.Paper PAPER =
      new ModelCard.Paper(
          "Revisiting Deep Learning Models for Tabular Data",
          "Yury Gorishniy, Ivan Rubachev, Valentin Khrulkov, Artem Babenko",
          2021,
          "2106.11959");

  private static final ModelOption DEPTH =
      new ModelOption.WholeNumber("depth", 4, 1, 64, "number of blocks");

  private static final ModelOption WIDTH =
      new ModelOption.WholeNumber("width", 192, 1, 4096, "values that go from block to block");

  private static final ModelOption HIDDEN_FACTOR =
      new ModelOption.WholeNumber(
          "hidden-factor", 2, 1, 8, "values within a block, as a multiple of the width");

  private static final ModelOption DROPOUT =
      new ModelOption.Fraction(
          "dropout", 0.2, 0.9, "share of the values within a block that training drops");

  private static final ModelOption RESIDUAL_DROPOUT =
      new ModelOption.Fraction(
          "residual-dropout", 0.0, 0.9, "share of what a block adds that training drops");

  private SkipMlps() {}

  static List<ModelDefinition> definitions() {
    return List.of(
        new ModelDefinition(
            "skip-mlp",
            "skip-mlp",
            ModelCard.CLASSIFICATION,
            PAPER,
            InputShape.row(30),
            2,
            List.of(DEPTH, WIDTH, HIDDEN_FACTOR, DROPOUT, RESIDUAL_DROPOUT),
            SkipMlps::build));
  }

  private static void build(
      NetworkGraph graph, ModelSpec spec, OptionValues options, ILossFunction loss) {
    int width = options.number("width");
    String x = VectorBlocks.dense(graph, "stem", NetworkGraph.INPUT, spec.channels(), width);
    graph.endOfStage("stem", x); // width
    for (int block = 1; block <= options.number("depth"); block++) {
      x = block(graph, "block" + block, x, options);
    }
    graph.endOfStage("blocks", x); // width
    x = relu(graph, "final-relu", batchNorm(graph, "final-bn", x));
    x = OutputBlocks.classifier(graph, "head", x, width, spec.classes(), loss);
    graph.endOfStage("head", x);
  }

  /** {@code x + Dropout(Dense(Dropout(ReLU(Dense(BatchNorm(x))))))}; keeps the shape. */
  private static String block(NetworkGraph graph, String name, String input, OptionValues options) {
    int width = options.number("width");
    int hidden = width * options.number("hidden-factor");
    String x = batchNorm(graph, name + "-bn", input);
    x = VectorBlocks.dense(graph, name + "-dense1", x, width, hidden);
    x = relu(graph, name + "-relu", x);
    x = VectorBlocks.dropout(graph, name + "-dropout1", x, options.fraction("dropout"));
    x = VectorBlocks.dense(graph, name + "-dense2", x, hidden, width);
    x = VectorBlocks.dropout(graph, name + "-dropout2", x, options.fraction("residual-dropout"));
    return graph.add(name + "-add", input, x);
  }
}
