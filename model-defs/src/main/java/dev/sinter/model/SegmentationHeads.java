package dev.sinter.model;

import dev.sinter.model.ConvolutionBlocks.Bias;
import org.nd4j.linalg.lossfunctions.ILossFunction;

/**
 * The ends of a segmentation network: class scores per position from a 1x1 convolution.
 *
 * <p>With deep supervision (Lee et al. 2014, arXiv:1409.5185) every level of the way up but the
 * first has a head of its own, whose scores are repeated to the full size, so that all heads share
 * the labels. Each has half the weight of the level above it, and all weights sum to 1, as in
 * nnU-Net (arXiv:1809.10486), which scales the labels instead of the scores.
 */
final class SegmentationHeads {
  private final NetworkGraph graph;
  private final ModelSpec spec;
  private final ILossFunction loss;
  private final int supervisedLevels;

  /**
   * Heads of a network.
   *
   * @param supervisedLevels levels with a head, from the full size on; 1 without deep supervision
   */
  SegmentationHeads(NetworkGraph graph, ModelSpec spec, ILossFunction loss, int supervisedLevels) {
    this.graph = graph;
    this.spec = spec;
    this.loss = loss;
    this.supervisedLevels = supervisedLevels;
  }

  /** Whether a level has a head besides the main one. */
  boolean supervises(int level) {
    return level > 1 && level <= supervisedLevels;
  }

  /** Adds the head of a level of the way up, if it has one. */
  void atLevel(int level, String features) {
    if (supervises(level)) {
      String name = "decoder" + level;
      Space space = Space.of(spec);
      String x = scores(name + "-head", features);
      x = space.repeat(graph, name + "-head-up", x, 1 << (level - 1));
      graph.layer(name + "-output", OutputBlocks.classPerPosition(space, weighted(level)), x);
      graph.auxiliaryOutput(name + "-output");
    }
  }

  /** Adds the main head, at the full size. */
  void atEnd(String features) {
    String x = scores("head", features);
    String output =
        graph.layer("output", OutputBlocks.classPerPosition(Space.of(spec), weighted(1)), x);
    graph.output(output);
    graph.endOfStage("head", output);
  }

  private String scores(String name, String features) {
    return Space.of(spec).convolution(graph, name, features, spec.classes(), 1, 1, Bias.WITH);
  }

  private ILossFunction weighted(int level) {
    return supervisedLevels == 1
        ? loss
        : new WeightedLoss(loss, weight(level) / (2 - weight(supervisedLevels)));
  }

  /** 1, 1/2, 1/4, ...: they sum to 2 less the last. */
  private static double weight(int level) {
    return 1.0 / (1 << (level - 1));
  }
}
