package dev.sinter.model;

import static dev.sinter.model.ConvolutionBlocks.convolution;
import static dev.sinter.model.ConvolutionBlocks.relu;

import dev.sinter.model.ConvolutionBlocks.Bias;

/**
 * Stem and bottleneck blocks of keras-applications' residual networks, which differ from
 * torchvision's: the stride is in the first 1x1 convolution (as in the paper), every convolution
 * has a bias, and batch normalisation is {@link Layout#KERAS}'s.
 */
final class KerasBottlenecks {
  private KerasBottlenecks() {}

  /** {@code [N, C, H, W] -> [N, 64, H/stride, W/stride]}. */
  static String stem(NetworkGraph graph, int kernel, int stride) {
    String x = convolution(graph, "stem-conv", NetworkGraph.INPUT, 64, kernel, stride, Bias.WITH);
    return relu(graph, "stem-relu", Layout.KERAS.batchNorm(graph, "stem-bn", x));
  }

  /** {@code [N, C, H, W] -> [N, outputs, H/stride, W/stride]}. */
  static String block(
      NetworkGraph graph, String name, String input, ResidualBlocks.Shape shape, double lastGamma) {
    String x = unit(graph, name, 1, input, shape.width(), 1, shape.stride(), 1);
    x = relu(graph, name + "-relu1", x);
    x = unit(graph, name, 2, x, shape.width(), 3, 1, 1);
    x = relu(graph, name + "-relu2", x);
    x = unit(graph, name, 3, x, shape.outputs(), 1, 1, lastGamma);
    String shortcut = input;
    if (shape.changesSize()) {
      shortcut =
          convolution(
              graph, name + "-shortcut-conv", input, shape.outputs(), 1, shape.stride(), Bias.WITH);
      shortcut = Layout.KERAS.batchNorm(graph, name + "-shortcut-bn", shortcut);
    }
    return relu(graph, name + "-relu", graph.add(name + "-add", x, shortcut));
  }

  private static String unit(
      NetworkGraph graph,
      String name,
      int number,
      String input,
      int outputs,
      int kernel,
      int stride,
      double gamma) {
    String x =
        convolution(graph, name + "-conv" + number, input, outputs, kernel, stride, Bias.WITH);
    return Layout.KERAS.batchNorm(graph, name + "-bn" + number, x, gamma);
  }
}
