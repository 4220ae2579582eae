package dev.sinter.model;

import static dev.sinter.model.ConvolutionBlocks.fanInConvolution;
import static dev.sinter.model.ConvolutionBlocks.maxPool;

import java.util.List;
import org.nd4j.linalg.lossfunctions.ILossFunction;

/**
 * Densely connected networks (Huang et al. 2016) with bottleneck layers and halving transitions
 * ("DenseNet-BC"), parameter for parameter those of torchvision.
 */
final class DenseNets {
  private static final ModelCard.Paper PAPER =
      new ModelCard.Paper(
          "Densely Connected Convolutional Networks",
          "Gao Huang, Zhuang Liu, Laurens van der Maaten, Kilian Q. Weinberger",
          2016,
          "1608.06993");

  private static final ModelOption STEM =
      new ModelOption.Choice(
          "stem",
          "imagenet",
          List.of("imagenet", "small"),
          "imagenet: 7x7 convolution with stride 2, then max-pooling;"
              + " small: 3x3 convolution with stride 1, for images below about 64 pixels");

  private static final ModelOption LAYOUT =
      Layout.option("batch normalisation with eps 1.001e-5 and decay 0.99");

  /** Channels between the two convolutions of a layer, as a multiple of its growth. */
  private static final int BOTTLENECK = 4;

  private DenseNets() {}

  /** A variant: channels that a layer adds, channels of the stem, and layers per stage. */
  private record Variant(int growth, int stem, int... layers) {
    /** keras-applications has all but densenet161. */
    boolean isInKeras() {
      return growth == 32;
    }
  }

  static List<ModelDefinition> definitions() {
    return List.of(
        definition("densenet121", new Variant(32, 64, 6, 12, 24, 16)),
        definition("densenet161", new Variant(48, 96, 6, 12, 36, 24)),
        definition("densenet169", new Variant(32, 64, 6, 12, 32, 32)),
        definition("densenet201", new Variant(32, 64, 6, 12, 48, 32)));
  }

  private static ModelDefinition definition(String name, Variant variant) {
    return new ModelDefinition(
        name,
        "densenet",
        ModelCard.CLASSIFICATION,
        PAPER,
        InputShape.image(3, 224, 224),
        1000,
        variant.isInKeras() ? List.of(STEM, LAYOUT) : List.of(STEM),
        (graph, spec, options, loss) -> build(graph, variant, spec, options, loss));
  }

  /** Shapes in comments are those of densenet121 for an input of 224x224 and the default stem. */
  private static void build(
      NetworkGraph graph,
      Variant variant,
      ModelSpec spec,
      OptionValues options,
      ILossFunction loss) {
    DenseBlocks blocks =
        new DenseBlocks(graph, variant.isInKeras() ? Layout.of(options) : Layout.TORCHVISION);
    String x;
    if (options.word("stem").equals("imagenet")) {
      // Stem and pool round up, the transitions down: 29 is the least that leaves a pixel.
      SpecChecks.minimumSize(spec, 29, ", or set model.options.stem to small");
      x = stem(blocks, variant.stem(), 7, 2); // 64 x 112 x 112
      x = maxPool(graph, "stem-pool", x, 3, 2, 1);
    } else {
      SpecChecks.minimumSize(spec, 8, "");
      x = stem(blocks, variant.stem(), 3, 1);
    }
    graph.endOfStage("stem", x); // 64 x 56 x 56

    int channels = variant.stem();
    int stages = variant.layers().length;
    for (int stage = 1; stage <= stages; stage++) {
      for (int layer = 1; layer <= variant.layers()[stage - 1]; layer++) {
        String name = "stage" + stage + "-layer" + layer;
        x = blocks.layer(name, x, BOTTLENECK * variant.growth(), variant.growth());
        channels += variant.growth();
      }
      graph.endOfStage("stage" + stage, x); // 256 x 56 x 56, 512 x 28 x 28, 1024 x 14 x 14
      if (stage < stages) {
        channels /= 2;
        String name = "transition" + stage;
        x = graph.endOfStage(name, blocks.transition(name, x, channels));
      } // 128 x 28 x 28, 256 x 14 x 14, 512 x 7 x 7
    }

    x = blocks.normalised("final", "", x); // 1024 x 7 x 7
    x = graph.endOfStage("pool", OutputBlocks.averagePool(graph, "pool", x)); // 1024
    x = OutputBlocks.classifier(graph, "head", x, channels, spec.classes(), loss);
    graph.endOfStage("head", x);
  }

  private static String stem(DenseBlocks blocks, int outputs, int kernel, int stride) {
    String x =
        fanInConvolution(blocks.graph(), "stem-conv", NetworkGraph.INPUT, outputs, kernel, stride);
    return blocks.normalised("stem", "", x);
  }
}
