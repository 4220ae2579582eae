package dev.sinter.model;

import static dev.sinter.model.ConvolutionBlocks.batchNorm;
import static dev.sinter.model.ConvolutionBlocks.convolution;
import static dev.sinter.model.ConvolutionBlocks.groupedConvolution;
import static dev.sinter.model.ConvolutionBlocks.maxPool;
import static dev.sinter.model.ConvolutionBlocks.relu;

import dev.sinter.model.ConvolutionBlocks.Bias;

/**
 * The residual blocks of He et al. 2015 (arXiv:1512.03385), {@code [N, C, H, W] -> [N, outputs,
 * H/stride, W/stride]}, sizes rounded up.
 */
enum ResidualBlocks {
  /** Two 3x3 convolutions (figure 5, left). */
  BASIC {
    @Override
    String residual(NetworkGraph graph, String name, String input, Shape shape, double lastGamma) {
      String x = unit(graph, name, 1, input, shape.width(), 3, shape.stride());
      x = convolution(graph, name + "-conv2", x, shape.outputs(), 3, 1, Bias.WITHOUT);
      return batchNorm(graph, name + "-bn2", x, lastGamma);
    }
  },

  /**
   * 1x1, 3x3 and 1x1 convolution (figure 5, right), the 3x3 in groups where there are several (Xie
   * et al. 2016, arXiv:1611.05431). The stride is in the 3x3 convolution, not in the first 1x1 as
   * in the paper: torchvision and its published weights do so ("v1.5").
   */
  BOTTLENECK {
    @Override
    String residual(NetworkGraph graph, String name, String input, Shape shape, double lastGamma) {
      String x = unit(graph, name, 1, input, shape.width(), 1, 1);
      x = middle(graph, name, x, shape);
      x = convolution(graph, name + "-conv3", x, shape.outputs(), 1, 1, Bias.WITHOUT);
      return batchNorm(graph, name + "-bn3", x, lastGamma);
    }
  };

  /**
   * The numbers of a block.
   *
   * @param width channels between its convolutions
   * @param groups of the 3x3 convolution of a bottleneck
   */
  record Shape(int inputs, int width, int outputs, int groups, int stride) {
    boolean changesSize() {
      return stride != 1 || inputs != outputs;
    }
  }

  /** What a block adds its residual to, where it does not keep the shape of its input. */
  enum Shortcut {
    /** A strided 1x1 convolution with batch normalisation (option B of the paper). */
    PROJECTION {
      @Override
      String add(NetworkGraph graph, String name, String input, Shape shape) {
        String x =
            convolution(
                graph,
                name + "-shortcut-conv",
                input,
                shape.outputs(),
                1,
                shape.stride(),
                Bias.WITHOUT);
        return batchNorm(graph, name + "-shortcut-bn", x);
      }
    },

    /**
     * Every second pixel, and as many channels of zeros behind the input's (option A of the paper,
     * for blocks that double the channels). It has no parameters.
     */
    IDENTITY {
      @Override
      String add(NetworkGraph graph, String name, String input, Shape shape) {
        if (shape.outputs() != 2 * shape.inputs()) {
          throw new IllegalArgumentException(name + " does not double its channels: " + shape);
        }
        String x = maxPool(graph, name + "-shortcut-stride", input, 1, shape.stride(), 0);
        String zeros = graph.scale(name + "-shortcut-zeros", x, 0.0);
        return graph.concatenate(name + "-shortcut-pad", x, zeros);
      }
    };

    abstract String add(NetworkGraph graph, String name, String input, Shape shape);
  }

  /**
   * One block: residual plus shortcut, then relu. The shortcut is the block's input itself where
   * the shape is kept.
   *
   * @param lastGamma initial gamma of the residual's last batch normalisation
   */
  String block(
      NetworkGraph graph,
      String name,
      String input,
      Shape shape,
      Shortcut elsewhere,
      double lastGamma) {
    String residual = residual(graph, name, input, shape, lastGamma);
    String shortcut = shape.changesSize() ? elsewhere.add(graph, name, input, shape) : input;
    return relu(graph, name + "-relu", graph.add(name + "-add", residual, shortcut));
  }

  /** The same layers without a shortcut. */
  String plainBlock(NetworkGraph graph, String name, String input, Shape shape) {
    return relu(graph, name + "-relu", residual(graph, name, input, shape, 1.0));
  }

  abstract String residual(
      NetworkGraph graph, String name, String input, Shape shape, double lastGamma);

  private static String middle(NetworkGraph graph, String name, String input, Shape shape) {
    if (shape.groups() == 1) {
      return unit(graph, name, 2, input, shape.width(), 3, shape.stride());
    }
    String x =
        groupedConvolution(
            graph, name + "-conv2", input, shape.width(), 3, shape.stride(), shape.groups());
    return normalised(graph, name, 2, x);
  }

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
    return normalised(graph, name, number, x);
  }

  private static String normalised(NetworkGraph graph, String name, int number, String input) {
    return relu(graph, name + "-relu" + number, batchNorm(graph, name + "-bn" + number, input));
  }
}
