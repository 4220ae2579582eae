package dev.sinter.model;

import static dev.sinter.model.ConvolutionBlocks.batchNorm;
import static dev.sinter.model.ConvolutionBlocks.convolution;
import static dev.sinter.model.ConvolutionBlocks.relu;

import dev.sinter.model.ConvolutionBlocks.Bias;

/**
 * The residual blocks of He et al. 2015 (arXiv:1512.03385), {@code [N, C, H, W] -> [N, width *
 * expansion, H/stride, W/stride]}.
 */
enum ResidualBlocks {
  /** Two 3x3 convolutions (figure 5, left). */
  BASIC(1) {
    @Override
    String residual(NetworkGraph graph, String name, String input, Shape shape, double lastGamma) {
      String x = unit(graph, name, 1, input, shape.width(), 3, shape.stride());
      x = convolution(graph, name + "-conv2", x, shape.width(), 3, 1, Bias.WITHOUT);
      return batchNorm(graph, name + "-bn2", x, lastGamma);
    }
  },

  /**
   * 1x1, 3x3 and 1x1 convolution (figure 5, right). The stride is in the 3x3 convolution, not in
   * the first 1x1 as in the paper: torchvision and its published weights do so ("v1.5").
   */
  BOTTLENECK(4) {
    @Override
    String residual(NetworkGraph graph, String name, String input, Shape shape, double lastGamma) {
      String x = unit(graph, name, 1, input, shape.width(), 1, 1);
      x = unit(graph, name, 2, x, shape.width(), 3, shape.stride());
      x = convolution(graph, name + "-conv3", x, shape.width() * expansion, 1, 1, Bias.WITHOUT);
      return batchNorm(graph, name + "-bn3", x, lastGamma);
    }
  };

  /** Output channels of the block, as a multiple of its width. */
  final int expansion;

  ResidualBlocks(int expansion) {
    this.expansion = expansion;
  }

  /** Channels of the inner 3x3 convolutions, channels of the input, and stride of the block. */
  record Shape(int width, int inputs, int stride) {}

  /**
   * One block: residual plus shortcut, then relu. The shortcut is the identity where the shape is
   * kept, else a strided 1x1 convolution with batch normalisation (option B of the paper).
   *
   * @param lastGamma initial gamma of the residual's last batch normalisation
   */
  String block(NetworkGraph graph, String name, String input, Shape shape, double lastGamma) {
    String residual = residual(graph, name, input, shape, lastGamma);
    String shortcut = input;
    int outputs = shape.width() * expansion;
    if (shape.stride() != 1 || shape.inputs() != outputs) {
      shortcut =
          convolution(
              graph, name + "-shortcut-conv", input, outputs, 1, shape.stride(), Bias.WITHOUT);
      shortcut = batchNorm(graph, name + "-shortcut-bn", shortcut);
    }
    return relu(graph, name + "-relu", graph.add(name + "-add", residual, shortcut));
  }

  abstract String residual(
      NetworkGraph graph, String name, String input, Shape shape, double lastGamma);

  private static String unit(
      NetworkGraph graph,
      String name,
      int number,
      String input,
      int outputs,
      int kernel,
      int stride) {
    String x =
        convolution(graph, name + "-conv" + number, input, outputs, kernel, stride, Bias.WITHOUT);
    x = batchNorm(graph, name + "-bn" + number, x);
    return relu(graph, name + "-relu" + number, x);
  }
}
