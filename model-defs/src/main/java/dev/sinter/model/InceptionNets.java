package dev.sinter.model;

import static dev.sinter.model.ConvolutionBlocks.averagePool;
import static dev.sinter.model.ConvolutionBlocks.maxPool;

import dev.sinter.model.InceptionBlocks.Kernel;
import java.util.List;
import org.deeplearning4j.nn.conf.distribution.NormalDistribution;
import org.deeplearning4j.nn.weights.IWeightInit;
import org.deeplearning4j.nn.weights.WeightInitDistribution;
import org.nd4j.linalg.lossfunctions.ILossFunction;

/**
 * Inception-v3 (Szegedy et al. 2015), parameter for parameter torchvision's, whose names of blocks
 * it has: {@code mixed5b} to {@code mixed7c}.
 */
final class InceptionNets {
  private static final ModelCard.Paper PAPER =
      new ModelCard.Paper(
          "Rethinking the Inception Architecture for Computer Vision",
          "Christian Szegedy, Vincent Vanhoucke, Sergey Ioffe, Jonathon Shlens, Zbigniew Wojna",
          2015,
          "1512.00567");

  private static final ModelOption AUXILIARY_HEAD =
      new ModelOption.Choice(
          "auxiliary-head",
          "true",
          List.of("true", "false"),
          "true: in training a second classifier behind mixed6e adds 0.4 times its loss (images of"
              + " at least 299x299); false: none (at least 75x75)");

  private static final ModelOption DROPOUT =
      new ModelOption.Fraction(
          "dropout", 0.5, 0.9, "share of the pooled features that training drops");

  private static final ModelOption LAYOUT =
      Layout.option(
          "poolings within the blocks that do not count pixels beyond the border, batch"
              + " normalisation with decay 0.99");

  private static final double AUXILIARY_SHARE = 0.4; // of the loss, as torchvision's training

  private InceptionNets() {}

  static List<ModelDefinition> definitions() {
    return List.of(
        new ModelDefinition(
            "inception-v3",
            "inception",
            ModelCard.CLASSIFICATION,
            PAPER,
            InputShape.image(3, 299, 299),
            1000,
            List.of(AUXILIARY_HEAD, DROPOUT, LAYOUT),
            InceptionNets::build),
        new ModelDefinition(
            "inception-v3-skip",
            "inception",
            ModelCard.CLASSIFICATION,
            PAPER,
            InputShape.image(3, 299, 299),
            1000,
            List.of(AUXILIARY_HEAD, DROPOUT, LAYOUT),
            InceptionNets::buildWithSkip));
  }

  /**
   * Inception-v3 with a projected skip around three of its mixed blocks, which begins without
   * effect: the weights of inception-v3 fit, and it computes the same.
   */
  private static void buildWithSkip(
      NetworkGraph graph, ModelSpec spec, OptionValues options, ILossFunction loss) {
    build(graph, spec, options, loss);
    graph.skip(Skip.add("mixed6b", "mixed6e")); // 768 x 17 x 17
  }

  /** Shapes in comments are for an input of 299x299. */
  private static void build(
      NetworkGraph graph, ModelSpec spec, OptionValues options, ILossFunction loss) {
    boolean auxiliary = options.isOn("auxiliary-head");
    if (auxiliary) {
      // The least that leaves its 5x5 convolution a window.
      SpecChecks.minimumSize(spec, 299, ", or set model.options.auxiliary-head to false");
    } else {
      SpecChecks.minimumSize(spec, 75, "");
    }
    InceptionBlocks blocks = new InceptionBlocks(graph, Layout.of(options));
    String x = blocks.unit("stem-1a", NetworkGraph.INPUT, 32, Kernel.whole(3, 2)); // 32 x 149 x 149
    x = blocks.unit("stem-2a", x, 32, Kernel.whole(3, 1)); // 32 x 147 x 147
    x = blocks.unit("stem-2b", x, 64, Kernel.keeping(3, 3)); // 64 x 147 x 147
    x = maxPool(graph, "stem-pool1", x, 3, 2, 0); // 64 x 73 x 73
    x = blocks.unit("stem-3b", x, 80, Kernel.keeping(1, 1)); // 80 x 73 x 73
    x = blocks.unit("stem-4a", x, 192, Kernel.whole(3, 1)); // 192 x 71 x 71
    x = maxPool(graph, "stem-pool2", x, 3, 2, 0);
    graph.endOfStage("stem", x); // 192 x 35 x 35

    x = blocks.square("mixed5b", x, 32); // 256 x 35 x 35
    x = blocks.square("mixed5c", x, 64); // 288 x 35 x 35
    x = blocks.square("mixed5d", x, 64);
    graph.endOfStage("mixed5", x); // 288 x 35 x 35

    x = blocks.squareReduction("mixed6a", x); // 768 x 17 x 17
    x = blocks.factorised("mixed6b", x, 128);
    x = blocks.factorised("mixed6c", x, 160);
    x = blocks.factorised("mixed6d", x, 160);
    x = blocks.factorised("mixed6e", x, 192);
    graph.endOfStage("mixed6", x); // 768 x 17 x 17

    if (auxiliary) {
      auxiliaryHead(blocks, x, spec, loss);
    }

    x = blocks.factorisedReduction("mixed7a", x); // 1280 x 8 x 8
    x = blocks.forked("mixed7b", x); // 2048 x 8 x 8
    x = blocks.forked("mixed7c", x);
    graph.endOfStage("mixed7", x); // 2048 x 8 x 8

    x = graph.endOfStage("pool", OutputBlocks.averagePool(graph, "pool", x)); // 2048
    x = VectorBlocks.dropout(graph, "dropout", x, options.fraction("dropout"));
    x = OutputBlocks.classifier(graph, "head", x, spec.classes(), normal(0.1), loss);
    graph.endOfStage("head", x);
  }

  /** Szegedy et al. 2015, section 4: a classifier of its own on {@code [N, 768, H, W]}. */
  private static void auxiliaryHead(
      InceptionBlocks blocks, String input, ModelSpec spec, ILossFunction loss) {
    NetworkGraph graph = blocks.graph();
    String x = averagePool(graph, "auxiliary-average", input, 5, 3); // 768 x 5 x 5
    x = blocks.unit("auxiliary-conv0", x, 128, Kernel.whole(1, 1)); // 128 x 5 x 5
    x = blocks.unit("auxiliary-conv1", x, 768, Kernel.whole(5, 1)); // 768 x 1 x 1
    x = OutputBlocks.averagePool(graph, "auxiliary-pool", x); // 768
    x =
        OutputBlocks.auxiliaryClassifier(
            graph, "auxiliary-head", x, spec.classes(), normal(0.001), loss, AUXILIARY_SHARE);
    graph.endOfStage("auxiliary-head", x);
  }

  private static IWeightInit normal(double deviation) {
    return new WeightInitDistribution(new NormalDistribution(0, deviation));
  }
}
