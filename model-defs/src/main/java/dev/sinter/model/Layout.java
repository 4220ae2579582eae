package dev.sinter.model;

import java.util.List;
import java.util.Locale;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;

/** Whose network is built where those of torchvision and of keras-applications differ. */
public enum Layout {
  /** Batch normalisation with eps 1e-5 and decay 0.9, unless a family says otherwise. */
  TORCHVISION(ConvolutionBlocks.NORM_EPSILON, ConvolutionBlocks.NORM_DECAY),
  /** Batch normalisation with eps 1.001e-5, unless a family says otherwise, and decay 0.99. */
  KERAS(1.001e-5, 0.99);

  private final double normEpsilon;
  private final double normDecay;

  Layout(double normEpsilon, double normDecay) {
    this.normEpsilon = normEpsilon;
    this.normDecay = normDecay;
  }

  /**
   * The option of a family that has both.
   *
   * @param differences of keras-applications' network
   */
  static ModelOption option(String differences) {
    return new ModelOption.Choice(
        "layout",
        "torchvision",
        List.of("torchvision", "keras"),
        "keras: the network of keras-applications, for its weights: " + differences);
  }

  static Layout of(OptionValues options) {
    return valueOf(options.word("layout").toUpperCase(Locale.ROOT));
  }

  /** The layout of a network with batch normalisation, which its decay tells. */
  public static Layout of(ComputationGraphConfiguration configuration) {
    return configuration.getVertices().values().stream().anyMatch(KERAS::normalises)
        ? KERAS
        : TORCHVISION;
  }

  private boolean normalises(GraphVertex vertex) {
    return vertex instanceof LayerVertex layer
        && layer.getLayerConf().getLayer() instanceof BatchNormalization norm
        && norm.getDecay() == normDecay;
  }

  /** Batch normalisation per channel; keeps the shape. */
  String batchNorm(NetworkGraph graph, String name, String input) {
    return batchNorm(graph, name, input, normEpsilon, 1.0);
  }

  /** The same with a gamma that starts at another value than 1. */
  String batchNorm(NetworkGraph graph, String name, String input, double initialGamma) {
    return batchNorm(graph, name, input, normEpsilon, initialGamma);
  }

  /** The same with an epsilon of the family's own. */
  String batchNorm(
      NetworkGraph graph, String name, String input, double epsilon, double initialGamma) {
    return graph.layer(
        name,
        new BatchNormalization.Builder()
            .eps(epsilon)
            .decay(normDecay)
            .gamma(initialGamma)
            .beta(0.0)
            .useLogStd(false)
            .build(),
        input);
  }
}
