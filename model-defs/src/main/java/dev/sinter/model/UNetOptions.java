package dev.sinter.model;

import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import dev.sinter.model.UNetLayers.Enlargement;
import java.util.List;
import java.util.Locale;
import org.nd4j.linalg.lossfunctions.ILossFunction;

/** The options that all U-Nets share, and what they rule out together. */
final class UNetOptions {
  private static final ModelOption NORM =
      new ModelOption.Choice(
          "norm",
          "batch",
          Normalization.words(),
          "normalisation of each block's convolutions: over the batch, over one channel of a sample,"
              + " over up to 32 groups of channels of a sample; none: convolutions with bias");

  private static final ModelOption DEEP_SUPERVISION =
      new ModelOption.Choice(
          "deep-supervision",
          "false",
          List.of("true", "false"),
          "true: each level of the way up has an output of its own in training, with half the weight"
              + " of the level above");

  private UNetOptions() {}

  static ModelOption depth(int levels) {
    return new ModelOption.WholeNumber("depth", levels, 1, 6, "how often the image is halved");
  }

  static ModelOption width(int channels, int fewest, String meaning) {
    return new ModelOption.WholeNumber("width", channels, fewest, 256, meaning);
  }

  static ModelOption up(String way) {
    return new ModelOption.Choice(
        "up",
        way,
        List.of("convolution", "interpolation"),
        "how the way up doubles the size: transposed convolution, or 1x1 convolution and linear"
            + " interpolation");
  }

  static ModelOption norm() {
    return NORM;
  }

  static ModelOption dropout(double fraction, String where) {
    return new ModelOption.Fraction("dropout", fraction, 0.9, "fraction set to zero " + where);
  }

  static ModelOption deepSupervision() {
    return DEEP_SUPERVISION;
  }

  static UNetLayers layers(NetworkGraph graph, ModelSpec spec, OptionValues options) {
    return new UNetLayers(
        graph,
        Space.of(spec),
        Normalization.byWord(options.word("norm")),
        Enlargement.valueOf(options.word("up").toUpperCase(Locale.ROOT)));
  }

  /**
   * The network's heads, after all checks.
   *
   * @throws SinterException for a size that the network cannot halve, or options that exclude each
   *     other
   */
  static SegmentationHeads heads(
      NetworkGraph graph, ModelSpec spec, OptionValues options, ILossFunction loss) {
    int depth = options.number("depth");
    // One value cannot be normalised by itself.
    int bottom = options.word("norm").equals("instance") ? 2 : 1;
    SpecChecks.minimumSize(spec, bottom << depth, alternatives(depth, bottom));
    SpecChecks.divisibleSize(spec, depth);
    boolean deep = options.isOn("deep-supervision");
    if (deep && depth == 1) {
      throw new SinterException(
          ErrorCategory.USAGE,
          "MODEL_OPTION_INVALID",
          "model.options.deep-supervision of "
              + spec.name()
              + " is \"true\" with depth 1, where the way up has one level only",
          "Set model.options.depth to a whole number from 2 to 6,"
              + " or model.options.deep-supervision to false.");
    }
    return new SegmentationHeads(graph, spec, loss, deep ? depth : 1);
  }

  private static String alternatives(int depth, int bottom) {
    return (depth == 1 ? "" : ", or lower model.options.depth")
        + (bottom == 1 ? "" : ", or set model.options.norm to batch or group or none");
  }
}
