package dev.sinter.model;

import static dev.sinter.model.ConvolutionBlocks.averagePool;
import static dev.sinter.model.ConvolutionBlocks.fanInConvolution;
import static dev.sinter.model.ConvolutionBlocks.relu;

/**
 * The blocks of Huang et al. 2016 (arXiv:1608.06993): convolutions come after normalisation and
 * rectifier, and everything that a stage has computed goes on to its end.
 *
 * <p>A layer hands on its input with its own features behind it, one concatenation of two per
 * layer. That is the order of channels that concatenating all earlier features anew gives.
 */
record DenseBlocks(NetworkGraph graph, Layout layout) {

  /**
   * One dense layer (the paper's "DenseNet-B"), a 1x1 convolution before the 3x3: {@code [N, C, H,
   * W] -> [N, C + growth, H, W]}.
   *
   * @param bottleneck channels between the two convolutions
   * @param growth channels that the layer adds
   */
  String layer(String name, String input, int bottleneck, int growth) {
    String x = unit(name, 1, input, bottleneck, 1);
    x = unit(name, 2, x, growth, 3);
    return graph.concatenate(name + "-concat", input, x);
  }

  /** What lies between two stages: {@code [N, C, H, W] -> [N, outputs, H/2, W/2]}, rounded down. */
  String transition(String name, String input, int outputs) {
    String x = normalised(name, "", input);
    x = fanInConvolution(graph, name + "-conv", x, outputs, 1, 1);
    return averagePool(graph, name + "-pool", x, 2, 2);
  }

  /** Batch normalisation and rectifier; keeps the shape. */
  String normalised(String name, String suffix, String input) {
    String x = layout.batchNorm(graph, name + "-bn" + suffix, input);
    return relu(graph, name + "-relu" + suffix, x);
  }

  private String unit(String name, int number, String input, int outputs, int kernel) {
    String x = normalised(name, String.valueOf(number), input);
    return fanInConvolution(graph, name + "-conv" + number, x, outputs, kernel, 1);
  }
}
