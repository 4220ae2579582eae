package dev.sinter.model;

import static dev.sinter.model.ConvolutionBlocks.averagePool;
import static dev.sinter.model.ConvolutionBlocks.batchNorm;
import static dev.sinter.model.ConvolutionBlocks.convolution;
import static dev.sinter.model.ConvolutionBlocks.maxPool;
import static dev.sinter.model.ConvolutionBlocks.relu;
import static dev.sinter.model.ConvolutionBlocks.upsampling;

import dev.sinter.model.ConvolutionBlocks.Bias;
import dev.sinter.model.layer.AdaptiveAveragePooling2D;
import java.util.List;
import org.deeplearning4j.nn.conf.distribution.NormalDistribution;
import org.deeplearning4j.nn.weights.IWeightInit;
import org.deeplearning4j.nn.weights.WeightInitDistribution;
import org.nd4j.linalg.lossfunctions.ILossFunction;

/**
 * Plain stacks of 3x3 convolutions (Simonyan and Zisserman 2014), parameter for parameter those of
 * torchvision: five blocks, each halving the image, then three dense layers with dropout.
 *
 * <p>As in torchvision the last features are averaged to a grid of 7x7 cells, whatever the size of
 * the image; at 224x224 they are that grid already.
 */
final class VggNets {
  private static final ModelCard.Paper PAPER =
      new ModelCard.Paper(
          "Very Deep Convolutional Networks for Large-Scale Image Recognition",
          "Karen Simonyan, Andrew Zisserman",
          2014,
          "1409.1556");

  private static final ModelOption GRID =
      new ModelOption.WholeNumber(
          "grid",
          7,
          1,
          7,
          "side of the grid to which the last features are averaged before the dense layers;"
              + " 1: mean over all pixels");

  private static final ModelOption HIDDEN =
      new ModelOption.WholeNumber(
          "hidden", 4096, 1, 8192, "outputs of the two dense layers before the last");

  private static final ModelOption DROPOUT =
      new ModelOption.Fraction(
          "dropout", 0.5, 0.9, "share of each of these outputs that training drops");

  private static final ModelOption SKIPS =
      new ModelOption.Choice(
          "skips",
          "after-block",
          List.of("after-block", "across-blocks", "concat"),
          "after-block: each block's output, pooled and projected, is added to the next one's;"
              + " across-blocks: that of block 4, projected, is added to that of block 5 behind a"
              + " transposed convolution, at twice its size, then averaged; concat: that of block 3, pooled, is"
              + " concatenated to that of block 4");

  private static final int[] WIDTHS = {64, 128, 256, 512, 512};

  private VggNets() {}

  /** What follows a convolution. */
  private enum Norm {
    NONE,
    BATCH
  }

  /** A variant, with the number of convolutions per block. */
  private record Variant(Norm norm, int... convolutions) {}

  static List<ModelDefinition> definitions() {
    return List.of(
        definition("vgg16", new Variant(Norm.NONE, 2, 2, 3, 3, 3)),
        definition("vgg16-bn", new Variant(Norm.BATCH, 2, 2, 3, 3, 3)),
        definition("vgg19", new Variant(Norm.NONE, 2, 2, 4, 4, 4)),
        definition("vgg19-bn", new Variant(Norm.BATCH, 2, 2, 4, 4, 4)),
        new ModelDefinition(
            "vgg19-skip",
            "vgg",
            ModelCard.CLASSIFICATION,
            PAPER,
            InputShape.image(3, 224, 224),
            1000,
            List.of(GRID, HIDDEN, DROPOUT, SKIPS),
            VggNets::buildWithSkips));
  }

  private static ModelDefinition definition(String name, Variant variant) {
    return new ModelDefinition(
        name,
        "vgg",
        ModelCard.CLASSIFICATION,
        PAPER,
        InputShape.image(3, 224, 224),
        1000,
        List.of(GRID, HIDDEN, DROPOUT),
        (graph, spec, options, loss) -> build(graph, variant, spec, options, loss));
  }

  private static void build(
      NetworkGraph graph,
      Variant variant,
      ModelSpec spec,
      OptionValues options,
      ILossFunction loss) {
    classifier(graph, features(graph, variant, spec), spec, options, loss);
  }

  /** VGG19 with skips that begin without effect: its weights fit, and it computes the same. */
  private static void buildWithSkips(
      NetworkGraph graph, ModelSpec spec, OptionValues options, ILossFunction loss) {
    String x = features(graph, new Variant(Norm.NONE, 2, 2, 4, 4, 4), spec);
    switch (options.word("skips")) {
      case "across-blocks" -> {
        x = upsampling(graph, "block5-up", x, WIDTHS[WIDTHS.length - 1]); // 512 x 14 x 14
        graph.skip(Skip.add("block4-pool", x));
        // The grid would cut some sizes of it otherwise than the original.
        x = averagePool(graph, "block5-down", x, 2, 2); // 512 x 7 x 7
      }
      case "concat" -> graph.skip(Skip.concatenate("block3-pool", "block4-pool"));
      default -> {
        for (int block = 2; block <= WIDTHS.length; block++) {
          graph.skip(Skip.add("block" + (block - 1) + "-pool", "block" + block + "-pool"));
        }
      }
    }
    classifier(graph, x, spec, options, loss);
  }

  /** Shapes in comments are for an input of 224x224. */
  private static String features(NetworkGraph graph, Variant variant, ModelSpec spec) {
    SpecChecks.minimumSize(spec, 32, "");
    String x = NetworkGraph.INPUT;
    for (int block = 1; block <= WIDTHS.length; block++) {
      String name = "block" + block;
      for (int number = 1; number <= variant.convolutions()[block - 1]; number++) {
        x = unit(graph, name, number, x, WIDTHS[block - 1], variant.norm());
      }
      x = graph.endOfStage(name, maxPool(graph, name + "-pool", x, 2, 2, 0));
    } // 64 x 112 x 112, 128 x 56 x 56, 256 x 28 x 28, 512 x 14 x 14, 512 x 7 x 7
    return x;
  }

  /** Shapes in comments are for default options. */
  private static void classifier(
      NetworkGraph graph, String input, ModelSpec spec, OptionValues options, ILossFunction loss) {
    String x = input;
    int side = options.number("grid");
    x = graph.layer("pool", new AdaptiveAveragePooling2D(side, side), x);
    graph.endOfStage("pool", x); // 512 x 7 x 7

    IWeightInit weights = new WeightInitDistribution(new NormalDistribution(0, 0.01));
    for (String name : List.of("fc1", "fc2")) {
      x = VectorBlocks.dense(graph, name, x, options.number("hidden"), weights, 0);
      x = graph.endOfStage(name, relu(graph, name + "-relu", x)); // 4096
      x = VectorBlocks.dropout(graph, name + "-dropout", x, options.fraction("dropout"));
    }
    graph.endOfStage(
        "head", OutputBlocks.classifier(graph, "head", x, spec.classes(), weights, loss));
  }

  private static String unit(
      NetworkGraph graph, String name, int number, String input, int outputs, Norm norm) {
    // Batch normalisation would take the bias away; torchvision's weights have it all the same.
    String x = convolution(graph, name + "-conv" + number, input, outputs, 3, 1, Bias.WITH);
    x = norm == Norm.BATCH ? batchNorm(graph, name + "-bn" + number, x) : x;
    return relu(graph, name + "-relu" + number, x);
  }
}
