package dev.sinter.model;

import static dev.sinter.model.ConvolutionBlocks.batchNorm;
import static dev.sinter.model.ConvolutionBlocks.convolution;
import static dev.sinter.model.ConvolutionBlocks.maxPool;
import static dev.sinter.model.ConvolutionBlocks.relu;
import static dev.sinter.model.ConvolutionBlocks.upConvolution;

import dev.sinter.model.ConvolutionBlocks.Bias;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.nd4j.linalg.lossfunctions.ILossFunction;

/**
 * U-Net (Ronneberger et al. 2015).
 *
 * <p>It departs from the paper in two points, as most later implementations do: the 3x3
 * convolutions are padded, so that the output has the size of the input and nothing is cropped from
 * the skip connections; and each of them is followed by batch normalisation, unless {@code norm} is
 * {@code none}. The paper's dropout at the end of the contracting path is left out.
 */
final class UNets {
  private static final ModelCard.Paper PAPER =
      new ModelCard.Paper(
          "U-Net: Convolutional Networks for Biomedical Image Segmentation",
          "Olaf Ronneberger, Philipp Fischer, Thomas Brox",
          2015,
          "1505.04597");

  private static final ModelOption DEPTH =
      new ModelOption.WholeNumber("depth", 4, 1, 6, "how often the image is halved");

  private static final ModelOption WIDTH =
      new ModelOption.WholeNumber(
          "width", 64, 1, 256, "channels of the first level, doubled on each level below");

  private static final ModelOption NORM =
      new ModelOption.Choice(
          "norm",
          "batch",
          List.of("batch", "none"),
          "batch: batch normalisation after each 3x3 convolution; none: convolutions with bias");

  private UNets() {}

  static List<ModelDefinition> definitions() {
    return List.of(
        new ModelDefinition(
            "unet",
            "unet",
            ModelCard.SEGMENTATION,
            PAPER,
            InputShape.image(1, 256, 256),
            2,
            List.of(DEPTH, WIDTH, NORM),
            UNets::build));
  }

  /** Shapes in comments are for an input of 256x256 and default options. */
  private static void build(
      NetworkGraph graph, ModelSpec spec, OptionValues options, ILossFunction loss) {
    int depth = options.number("depth");
    boolean norm = options.word("norm").equals("batch");
    SpecChecks.minimumSize(spec, 1 << depth, depth == 1 ? "" : ", or lower model.options.depth");
    SpecChecks.divisibleSize(spec, depth);

    Deque<String> skips = new ArrayDeque<>();
    int channels = options.number("width");
    String x = NetworkGraph.INPUT;
    for (int level = 1; level <= depth; level++) {
      String name = "encoder" + level;
      x = graph.endOfStage(name, convolutionPair(graph, name, x, channels, norm));
      skips.push(x); // 64 x 256 x 256 ... 512 x 32 x 32
      x = maxPool(graph, name + "-pool", x, 2, 2, 0);
      channels *= 2;
    }

    x = convolutionPair(graph, "bottom", x, channels, norm);
    graph.endOfStage("bottom", x); // 1024 x 16 x 16

    for (int level = depth; level >= 1; level--) {
      String name = "decoder" + level;
      channels /= 2;
      x = upConvolution(graph, name + "-upconv", x, channels);
      x = graph.concatenate(name + "-skip", skips.pop(), x);
      x = convolutionPair(graph, name, x, channels, norm);
      graph.endOfStage(name, x); // 512 x 32 x 32 ... 64 x 256 x 256
    }

    x = convolution(graph, "head", x, spec.classes(), 1, 1, Bias.WITH);
    graph.endOfStage("head", OutputBlocks.pixelClassifier(graph, "output", x, loss));
  }

  /** Two 3x3 convolutions: {@code [N, C, H, W] -> [N, channels, H, W]}. */
  private static String convolutionPair(
      NetworkGraph graph, String name, String input, int channels, boolean norm) {
    String x = input;
    for (int number = 1; number <= 2; number++) {
      Bias bias = norm ? Bias.WITHOUT : Bias.WITH;
      x = convolution(graph, name + "-conv" + number, x, channels, 3, 1, bias);
      x = norm ? batchNorm(graph, name + "-bn" + number, x) : x;
      x = relu(graph, name + "-relu" + number, x);
    }
    return x;
  }
}
