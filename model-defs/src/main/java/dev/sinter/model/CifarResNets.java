package dev.sinter.model;

import static dev.sinter.model.ConvolutionBlocks.batchNorm;
import static dev.sinter.model.ConvolutionBlocks.convolution;
import static dev.sinter.model.ConvolutionBlocks.relu;

import dev.sinter.model.ConvolutionBlocks.Bias;
import dev.sinter.model.ResidualBlocks.Shape;
import dev.sinter.model.ResidualBlocks.Shortcut;
import java.util.List;
import java.util.Locale;
import org.nd4j.linalg.lossfunctions.ILossFunction;

/**
 * The narrow residual networks for small images of He et al. 2015, section 4.2, and the same layers
 * without shortcuts: three stages of 16, 32 and 64 channels, two convolutions per block.
 */
final class CifarResNets {
  private static final int STAGES = 3;
  private static final int WIDTH = 16;

  private static final ModelOption SHORTCUT =
      new ModelOption.Choice(
          "shortcut",
          "identity",
          List.of("identity", "projection"),
          "where channels double, identity: every second pixel and zeros (the paper's option A,"
              + " without parameters); projection: 1x1 convolution (option B)");

  private CifarResNets() {}

  static List<ModelDefinition> definitions() {
    return List.of(
        residual("resnet20", 3),
        residual("resnet32", 5),
        residual("resnet44", 7),
        residual("resnet56", 9),
        residual("resnet110", 18),
        plain("plain20", 3),
        plain("plain56", 9));
  }

  private static ModelDefinition residual(String name, int blocks) {
    return definition(
        name,
        List.of(SHORTCUT, ResNets.ZERO_INIT_RESIDUAL),
        (graph, spec, options, loss) -> {
          Shortcut shortcut = Shortcut.valueOf(options.word("shortcut").toUpperCase(Locale.ROOT));
          double lastGamma = options.isOn("zero-init-residual") ? 0.0 : 1.0;
          build(
              graph,
              blocks,
              spec,
              loss,
              (block, x, shape) ->
                  ResidualBlocks.BASIC.block(graph, block, x, shape, shortcut, lastGamma));
        });
  }

  private static ModelDefinition plain(String name, int blocks) {
    return definition(
        name,
        List.of(),
        (graph, spec, options, loss) ->
            build(
                graph,
                blocks,
                spec,
                loss,
                (block, x, shape) -> ResidualBlocks.BASIC.plainBlock(graph, block, x, shape)));
  }

  private static ModelDefinition definition(
      String name, List<ModelOption> options, ModelDefinition.Network network) {
    return new ModelDefinition(
        name,
        "resnet-cifar",
        ModelCard.CLASSIFICATION,
        ResNets.PAPER,
        InputShape.image(3, 32, 32),
        10,
        options,
        network);
  }

  /** Adds one block behind a vertex. */
  private interface Block {
    String add(String name, String input, Shape shape);
  }

  /** Shapes in comments are for an input of 32x32. */
  private static void build(
      NetworkGraph graph, int blocks, ModelSpec spec, ILossFunction loss, Block kind) {
    SpecChecks.minimumSize(spec, 8, "");
    String x = convolution(graph, "stem-conv", NetworkGraph.INPUT, WIDTH, 3, 1, Bias.WITHOUT);
    x = relu(graph, "stem-relu", batchNorm(graph, "stem-bn", x));
    graph.endOfStage("stem", x); // 16 x 32 x 32

    int inputs = WIDTH;
    for (int stage = 1; stage <= STAGES; stage++) {
      int width = WIDTH << (stage - 1);
      for (int block = 1; block <= blocks; block++) {
        int stride = stage > 1 && block == 1 ? 2 : 1;
        String name = "stage" + stage + "-block" + block;
        x = kind.add(name, x, new Shape(inputs, width, width, 1, stride));
        inputs = width;
      }
      graph.endOfStage("stage" + stage, x); // 16 x 32 x 32, 32 x 16 x 16, 64 x 8 x 8
    }

    x = graph.endOfStage("pool", OutputBlocks.averagePool(graph, "pool", x)); // 64
    x = OutputBlocks.classifier(graph, "head", x, inputs, spec.classes(), loss);
    graph.endOfStage("head", x);
  }
}
