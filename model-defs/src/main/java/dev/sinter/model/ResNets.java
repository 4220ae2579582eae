package dev.sinter.model;

import static dev.sinter.model.ConvolutionBlocks.batchNorm;
import static dev.sinter.model.ConvolutionBlocks.convolution;
import static dev.sinter.model.ConvolutionBlocks.maxPool;
import static dev.sinter.model.ConvolutionBlocks.relu;
import static dev.sinter.model.ResidualBlocks.BASIC;
import static dev.sinter.model.ResidualBlocks.BOTTLENECK;

import dev.sinter.model.ConvolutionBlocks.Bias;
import dev.sinter.model.ResidualBlocks.Shortcut;
import java.util.List;
import org.nd4j.linalg.lossfunctions.ILossFunction;

/**
 * Residual networks (He et al. 2015) and their wider and grouped descendants, parameter for
 * parameter those of torchvision.
 */
final class ResNets {
  static final ModelCard.Paper PAPER =
      new ModelCard.Paper(
          "Deep Residual Learning for Image Recognition",
          "Kaiming He, Xiangyu Zhang, Shaoqing Ren, Jian Sun",
          2015,
          "1512.03385");

  private static final ModelCard.Paper RESNEXT_PAPER =
      new ModelCard.Paper(
          "Aggregated Residual Transformations for Deep Neural Networks",
          "Saining Xie, Ross Girshick, Piotr Dollár, Zhuowen Tu, Kaiming He",
          2016,
          "1611.05431");

  private static final ModelCard.Paper WIDE_PAPER =
      new ModelCard.Paper(
          "Wide Residual Networks", "Sergey Zagoruyko, Nikos Komodakis", 2016, "1605.07146");

  private static final ModelOption STEM =
      new ModelOption.Choice(
          "stem",
          "imagenet",
          List.of("imagenet", "small"),
          "imagenet: 7x7 convolution with stride 2, then max-pooling;"
              + " small: 3x3 convolution with stride 1, for images below about 64 pixels");

  static final ModelOption ZERO_INIT_RESIDUAL =
      new ModelOption.Choice(
          "zero-init-residual",
          "false",
          List.of("true", "false"),
          "true: every block starts as the identity (arXiv:1706.02677, section 5.1)");

  private static final ModelOption LAYOUT =
      Layout.option(
          "stride in the first 1x1 convolution, biases, batch normalisation with eps 1.001e-5 and"
              + " decay 0.99");

  private ResNets() {}

  /**
   * A variant.
   *
   * @param width channels within a block of the first stage, doubled from stage to stage
   * @param outputs channels of such a block's output
   * @param groups of its 3x3 convolution
   * @param blocks number of blocks per stage
   */
  private record Variant(ResidualBlocks block, int width, int outputs, int groups, int... blocks) {
    /** keras-applications has the plain bottleneck networks alone. */
    boolean isInKeras() {
      return block == BOTTLENECK && width == 64;
    }
  }

  static List<ModelDefinition> definitions() {
    return List.of(
        definition("resnet18", PAPER, new Variant(BASIC, 64, 64, 1, 2, 2, 2, 2)),
        definition("resnet34", PAPER, new Variant(BASIC, 64, 64, 1, 3, 4, 6, 3)),
        definition("resnet50", PAPER, new Variant(BOTTLENECK, 64, 256, 1, 3, 4, 6, 3)),
        definition("resnet101", PAPER, new Variant(BOTTLENECK, 64, 256, 1, 3, 4, 23, 3)),
        definition("resnet152", PAPER, new Variant(BOTTLENECK, 64, 256, 1, 3, 8, 36, 3)),
        definition(
            "resnext50-32x4d", RESNEXT_PAPER, new Variant(BOTTLENECK, 128, 256, 32, 3, 4, 6, 3)),
        definition(
            "wide-resnet50-2", WIDE_PAPER, new Variant(BOTTLENECK, 128, 256, 1, 3, 4, 6, 3)));
  }

  private static ModelDefinition definition(String name, ModelCard.Paper paper, Variant variant) {
    return new ModelDefinition(
        name,
        "resnet",
        ModelCard.CLASSIFICATION,
        paper,
        InputShape.image(3, 224, 224),
        1000,
        variant.isInKeras()
            ? List.of(STEM, ZERO_INIT_RESIDUAL, LAYOUT)
            : List.of(STEM, ZERO_INIT_RESIDUAL),
        (graph, spec, options, loss) -> build(graph, variant, spec, options, loss));
  }

  /** Shapes in comments are for an input of 224x224 and the default stem. */
  private static void build(
      NetworkGraph graph,
      Variant variant,
      ModelSpec spec,
      OptionValues options,
      ILossFunction loss) {
    boolean keras = variant.isInKeras() && Layout.of(options) == Layout.KERAS;
    double lastGamma = options.isOn("zero-init-residual") ? 0.0 : 1.0;
    String x;
    if (options.word("stem").equals("imagenet")) {
      SpecChecks.minimumSize(spec, 32, ", or set model.options.stem to small");
      x = keras ? KerasBottlenecks.stem(graph, 7, 2) : stem(graph, 7, 2); // 64 x 112 x 112
      x = maxPool(graph, "stem-pool", x, 3, 2, 1);
    } else {
      SpecChecks.minimumSize(spec, 8, "");
      x = keras ? KerasBottlenecks.stem(graph, 3, 1) : stem(graph, 3, 1);
    }
    graph.endOfStage("stem", x); // 64 x 56 x 56

    int inputs = 64;
    for (int stage = 1; stage <= variant.blocks().length; stage++) {
      int width = variant.width() << (stage - 1);
      int outputs = variant.outputs() << (stage - 1);
      for (int block = 1; block <= variant.blocks()[stage - 1]; block++) {
        int stride = stage > 1 && block == 1 ? 2 : 1;
        String name = "stage" + stage + "-block" + block;
        ResidualBlocks.Shape shape =
            new ResidualBlocks.Shape(inputs, width, outputs, variant.groups(), stride);
        x =
            keras
                ? KerasBottlenecks.block(graph, name, x, shape, lastGamma)
                : variant.block().block(graph, name, x, shape, Shortcut.PROJECTION, lastGamma);
        inputs = outputs;
      }
      graph.endOfStage("stage" + stage, x); // 64 x 56 x 56 ... 512 x 7 x 7; bottlenecks 4 times
    }

    x = graph.endOfStage("pool", OutputBlocks.averagePool(graph, "pool", x)); // 512 or 2048
    x = OutputBlocks.classifier(graph, "head", x, inputs, spec.classes(), loss);
    graph.endOfStage("head", x);
  }

  private static String stem(NetworkGraph graph, int kernel, int stride) {
    String x =
        convolution(graph, "stem-conv", NetworkGraph.INPUT, 64, kernel, stride, Bias.WITHOUT);
    return relu(graph, "stem-relu", batchNorm(graph, "stem-bn", x));
  }
}
