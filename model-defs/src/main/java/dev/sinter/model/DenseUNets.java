package dev.sinter.model;

import dev.sinter.model.UNetLayers.Enlargement;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.nd4j.linalg.lossfunctions.ILossFunction;

/**
 * U-Net of dense blocks (Jégou et al. 2016). At its defaults it is the paper's FC-DenseNet67: five
 * layers of 16 features in each block, on eleven levels.
 *
 * <p>Of a block at the bottom or on the way up, only its own features are enlarged; what it read
 * stays behind. The paper's layer order is kept: normalisation, rectifier, convolution, dropout.
 */
final class DenseUNets {
  private static final ModelCard.Paper PAPER =
      new ModelCard.Paper(
          "The One Hundred Layers Tiramisu: Fully Convolutional DenseNets for Semantic"
              + " Segmentation",
          "Simon Jégou, Michal Drozdzal, David Vazquez, Adriana Romero, Yoshua Bengio",
          2016,
          "1611.09326");

  private static final ModelOption GROWTH =
      new ModelOption.WholeNumber("growth", 16, 1, 64, "channels that each dense layer adds");

  private static final ModelOption LAYERS =
      new ModelOption.WholeNumber("layers", 5, 1, 16, "dense layers in each block");

  private final UNetLayers layers;
  private final int growth;
  private final int blockLayers;
  private final double dropout;

  private DenseUNets(UNetLayers layers, OptionValues options) {
    this.layers = layers;
    this.growth = options.number("growth");
    this.blockLayers = options.number("layers");
    this.dropout = options.fraction("dropout");
  }

  static List<ModelDefinition> definitions() {
    return List.of(
        new ModelDefinition(
            "unet-dense",
            "unet",
            ModelCard.SEGMENTATION,
            PAPER,
            InputShape.image(1, 256, 256),
            2,
            List.of(
                UNetOptions.depth(5),
                UNetOptions.width(48, 1, "channels of the first convolution"),
                GROWTH,
                LAYERS,
                UNetOptions.norm(),
                UNetOptions.up("convolution"),
                UNetOptions.dropout(0.2, "after each convolution, in training"),
                UNetOptions.deepSupervision()),
            DenseUNets::build));
  }

  /** Shapes in comments are for an input of 256x256 and default options. */
  private static void build(
      NetworkGraph graph, ModelSpec spec, OptionValues options, ILossFunction loss) {
    SegmentationHeads heads = UNetOptions.heads(graph, spec, options, loss);
    DenseUNets net = new DenseUNets(UNetOptions.layers(graph, spec, options), options);
    int depth = options.number("depth");
    int channels = options.number("width");
    String x = net.layers.convolution("stem-conv", NetworkGraph.INPUT, channels, 3, 1);
    graph.endOfStage("stem", x); // 48 x 256 x 256

    Deque<Features> skips = new ArrayDeque<>();
    Features input = new Features(x, channels);
    for (int level = 1; level <= depth; level++) {
      String name = "encoder" + level;
      Features features = net.all(net.block(name, input));
      skips.push(features);
      graph.endOfStage(name, features.vertex()); // 128 x 256 x 256 ... 448 x 16 x 16
      input = net.transition(name + "-transition", features);
    }

    Block block = net.block("bottom", input);
    for (int level = depth; level >= 1; level--) {
      String name = "decoder" + level;
      Features skip = skips.pop();
      String own = graph.endOfStage(block.name(), net.own(block)); // 80 x 8 x 8 ... 80 x 128 x 128
      x = graph.concatenate(name + "-skip", skip.vertex(), net.enlarge(name, own));
      block = net.block(name, new Features(x, skip.channels() + net.ownChannels()));
      if (heads.supervises(level)) {
        heads.atLevel(level, net.all(block).vertex());
      }
    }
    x = graph.endOfStage(block.name(), net.all(block).vertex()); // 288 x 256 x 256
    heads.atEnd(x);
  }

  /** A vertex and its channels. */
  private record Features(String vertex, int channels) {}

  /**
   * A dense block.
   *
   * @param name of the block
   * @param before what its last layer reads
   * @param own the features of each layer
   */
  private record Block(String name, Features before, List<String> own) {}

  /** Layers that read all features before them. */
  private Block block(String name, Features input) {
    List<String> own = new ArrayList<>();
    Features read = input;
    for (int layer = 1; layer <= blockLayers; layer++) {
      String layerName = name + "-layer" + layer;
      if (layer > 1) {
        read = joined(name + "-layer" + (layer - 1) + "-concat", read, own.get(layer - 2));
      }
      own.add(unit(layerName, read, growth, 3));
    }
    return new Block(name, read, own);
  }

  /** The block's input and all that it adds: {@code [N, C + layers * growth, H, W]}. */
  private Features all(Block block) {
    String last = block.own().get(blockLayers - 1);
    return joined(block.name() + "-layer" + blockLayers + "-concat", block.before(), last);
  }

  private Features joined(String name, Features input, String features) {
    String x = layers.graph().concatenate(name, input.vertex(), features);
    return new Features(x, input.channels() + growth);
  }

  /** What the block adds: {@code [N, layers * growth, H, W]}. */
  private String own(Block block) {
    return blockLayers == 1
        ? block.own().get(0)
        : layers.graph().concatenate(block.name() + "-own", block.own());
  }

  private int ownChannels() {
    return blockLayers * growth;
  }

  /** {@code [N, C, H, W] -> [N, C, H/2, W/2]}. */
  private Features transition(String name, Features input) {
    String x = unit(name, input, input.channels(), 1);
    x = layers.space().halve(layers.graph(), name + "-pool", x);
    return new Features(x, input.channels());
  }

  private String unit(String name, Features input, int outputs, int kernel) {
    String x = layers.activated(name, "", input.vertex(), input.channels());
    x = layers.convolution(name + "-conv", x, outputs, kernel, 1);
    return layers.dropout(name + "-dropout", x, dropout);
  }

  private String enlarge(String name, String own) {
    return layers.up() == Enlargement.CONVOLUTION
        ? ConvolutionBlocks.wideUpConvolution(layers.graph(), name + "-upconv", own, ownChannels())
        : layers.enlarge(name, own, ownChannels());
  }
}
