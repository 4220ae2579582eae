package dev.sinter.model;

import static dev.sinter.model.UNetBlocks.PAIR;
import static dev.sinter.model.UNetBlocks.RESIDUAL;
import static dev.sinter.model.UNetBlocks.WIDENING_PAIR;
import static dev.sinter.model.UNetSkips.CONCATENATED;
import static dev.sinter.model.UNetSkips.GATED;
import static dev.sinter.model.UNetSkips.NONE;

import dev.sinter.model.UNetBlocks.Level;
import dev.sinter.model.UNetSkips.Below;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.nd4j.linalg.lossfunctions.ILossFunction;

/**
 * U-Net (Ronneberger et al. 2015) and its relatives with other blocks or other skip connections.
 *
 * <p>They depart from the papers in two points, as most later implementations do: the 3x3
 * convolutions are padded, so that the output has the size of the input and nothing is cropped from
 * the skip connections; and each of them has a normalisation, unless {@code norm} is {@code none}.
 * Dropout at the end of the way down, which the first paper has, is an option.
 */
final class UNets {
  private static final ModelCard.Paper UNET =
      new ModelCard.Paper(
          "U-Net: Convolutional Networks for Biomedical Image Segmentation",
          "Olaf Ronneberger, Philipp Fischer, Thomas Brox",
          2015,
          "1505.04597");

  private static final ModelCard.Paper CICEK =
      new ModelCard.Paper(
          "3D U-Net: Learning Dense Volumetric Segmentation from Sparse Annotation",
          "Özgün Çiçek, Ahmed Abdulkadir, Soeren S. Lienkamp, Thomas Brox, Olaf Ronneberger",
          2016,
          "1606.06650");

  private static final ModelCard.Paper ZHANG =
      new ModelCard.Paper(
          "Road Extraction by Deep Residual U-Net",
          "Zhengxin Zhang, Qingjie Liu, Yunhong Wang",
          2017,
          "1711.10684");

  private static final ModelCard.Paper ATTENTION =
      new ModelCard.Paper(
          "Attention U-Net: Learning Where to Look for the Pancreas",
          "Ozan Oktay, Jo Schlemper, Loic Le Folgoc, Matthew Lee, Mattias Heinrich, Kazunari Misawa,"
              + " Kensaku Mori, Steven McDonagh, Nils Y Hammerla, Bernhard Kainz, Ben Glocker,"
              + " Daniel Rueckert",
          2018,
          "1804.03999");

  private UNets() {}

  /** A variant: its blocks, its skip connections, and the defaults that are its own. */
  private record Variant(UNetBlocks blocks, UNetSkips skips, int depth, String up) {

    List<ModelOption> options() {
      String meaning = "channels of the first level, doubled on each level below";
      return List.of(
          UNetOptions.depth(depth),
          UNetOptions.width(64, blocks.fewestChannels(), meaning),
          UNetOptions.norm(),
          UNetOptions.up(up),
          UNetOptions.dropout(0, "at the end of the way down, in training"),
          UNetOptions.deepSupervision());
    }
  }

  static List<ModelDefinition> definitions() {
    return List.of(
        definition("unet", UNET, new Variant(PAIR, CONCATENATED, 4, "convolution")),
        definition("unet-attention", ATTENTION, new Variant(PAIR, GATED, 4, "convolution")),
        definition("unet-no-skips", UNET, new Variant(PAIR, NONE, 4, "convolution")),
        definition("unet-residual", ZHANG, new Variant(RESIDUAL, CONCATENATED, 3, "interpolation")),
        ofVolumes("unet3d", CICEK, new Variant(WIDENING_PAIR, CONCATENATED, 3, "convolution")));
  }

  private static ModelDefinition definition(String name, ModelCard.Paper paper, Variant variant) {
    return definition(name, paper, variant, InputShape.image(1, 256, 256), 2);
  }

  private static ModelDefinition ofVolumes(String name, ModelCard.Paper paper, Variant variant) {
    return definition(name, paper, variant, InputShape.volume(3, 64, 128, 128), 3);
  }

  private static ModelDefinition definition(
      String name, ModelCard.Paper paper, Variant variant, InputShape input, int classes) {
    return new ModelDefinition(
        name,
        "unet",
        ModelCard.SEGMENTATION,
        paper,
        input,
        classes,
        variant.options(),
        (graph, spec, options, loss) -> build(graph, variant, spec, options, loss));
  }

  /** Shapes in comments are of {@code unet}, for an input of 256x256 and default options. */
  private static void build(
      NetworkGraph graph,
      Variant variant,
      ModelSpec spec,
      OptionValues options,
      ILossFunction loss) {
    SegmentationHeads heads = UNetOptions.heads(graph, spec, options, loss);
    UNetLayers layers = UNetOptions.layers(graph, spec, options);
    UNetBlocks blocks = variant.blocks();
    int depth = options.number("depth");

    Deque<String> skips = new ArrayDeque<>();
    int channels = options.number("width");
    int inputs = spec.channels();
    String x = NetworkGraph.INPUT;
    for (int level = 1; level <= depth; level++) {
      String name = "encoder" + level;
      x = blocks.encode(layers, name, x, new Level(level, inputs, channels));
      skips.push(graph.endOfStage(name, x)); // 64 x 256 x 256 ... 512 x 32 x 32
      x = blocks.halves() ? x : layers.space().halve(graph, name + "-pool", x);
      inputs = channels;
      channels *= 2;
    }

    x = blocks.encode(layers, "bottom", x, new Level(depth + 1, inputs, channels));
    graph.endOfStage("bottom", x); // 1024 x 16 x 16
    x = layers.dropout("bottom-dropout", x, options.fraction("dropout"));

    for (int level = depth; level >= 1; level--) {
      String name = "decoder" + level;
      channels /= 2;
      int enlarged = blocks.enlarged(channels);
      Below below = new Below(x, layers.enlarge(name, x, enlarged));
      x = variant.skips().join(layers, name, skips.pop(), below, channels);
      inputs = variant.skips().channels(enlarged, channels);
      x = blocks.decode(layers, name, x, new Level(level, inputs, channels));
      graph.endOfStage(name, x); // 512 x 32 x 32 ... 64 x 256 x 256
      heads.atLevel(level, x);
    }
    heads.atEnd(x);
  }
}
