package dev.sinter.model;

import static dev.sinter.model.ConvolutionBlocks.convolution;
import static dev.sinter.model.ConvolutionBlocks.relu;

import dev.sinter.model.ConvolutionBlocks.Bias;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;

/**
 * Stem and bottleneck blocks of keras-applications' residual networks, which differ from
 * torchvision's: the stride is in the first 1x1 convolution (as in the paper), every convolution
 * has a bias, and batch normalisation has eps 1.001e-5 and decay 0.99.
 */
final class KerasBottlenecks {
  private static final double NORM_EPSILON = 1.001e-5;
  private static final double NORM_DECAY = 0.99;

  private KerasBottlenecks() {}

  /** {@code [N, C, H, W] -> [N, 64, H/stride, W/stride]}. */
  static String stem(NetworkGraph graph, int kernel, int stride) {
    String x = convolution(graph, "stem-conv", NetworkGraph.INPUT, 64, kernel, stride, Bias.WITH);
    return relu(graph, "stem-relu", normalised(graph, "stem-bn", x, 1));
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
      shortcut = normalised(graph, name + "-shortcut-bn", shortcut, 1);
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
    return normalised(graph, name + "-bn" + number, x, gamma);
  }

  private static String normalised(
      NetworkGraph graph, String name, String input, double initialGamma) {
    return graph.layer(
        name,
        new BatchNormalization.Builder()
            .eps(NORM_EPSILON)
            .decay(NORM_DECAY)
            .gamma(initialGamma)
            .beta(0.0)
            .useLogStd(false)
            .build(),
        input);
  }
}
