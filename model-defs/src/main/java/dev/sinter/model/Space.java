package dev.sinter.model;

import dev.sinter.model.ConvolutionBlocks.Bias;
import org.deeplearning4j.nn.conf.layers.PoolingType;

/** The layers of a segmentation network over images or over volumes; sizes are per axis. */
enum Space {
  /** {@code [N, C, H, W]}. */
  IMAGE {
    @Override
    String convolution(
        NetworkGraph graph,
        String name,
        String input,
        int outputs,
        int kernel,
        int stride,
        Bias bias) {
      return ConvolutionBlocks.convolution(graph, name, input, outputs, kernel, stride, bias);
    }

    @Override
    String upConvolution(NetworkGraph graph, String name, String input, int outputs) {
      return ConvolutionBlocks.upConvolution(graph, name, input, outputs);
    }

    @Override
    String halve(NetworkGraph graph, String name, String input) {
      return ConvolutionBlocks.maxPool(graph, name, input, 2, 2, 0);
    }

    @Override
    String repeat(NetworkGraph graph, String name, String input, int times) {
      return ConvolutionBlocks.repeat(graph, name, input, times);
    }

    @Override
    String mean(NetworkGraph graph, String name, String input, int padding) {
      return ConvolutionBlocks.averagePool(graph, name, input, 2, 1, padding);
    }
  },

  /**
   * {@code [N, C, D, H, W]}. The transposed convolution has no bias, since that of Çiçek et al.
   * (2016) has none.
   */
  VOLUME {
    @Override
    String convolution(
        NetworkGraph graph,
        String name,
        String input,
        int outputs,
        int kernel,
        int stride,
        Bias bias) {
      return VolumeBlocks.convolution(graph, name, input, outputs, kernel, stride, bias);
    }

    @Override
    String upConvolution(NetworkGraph graph, String name, String input, int outputs) {
      return VolumeBlocks.upConvolution(graph, name, input, outputs, Bias.WITHOUT);
    }

    @Override
    String halve(NetworkGraph graph, String name, String input) {
      return VolumeBlocks.pool(graph, name, PoolingType.MAX, input, 2, 2, 0);
    }

    @Override
    String repeat(NetworkGraph graph, String name, String input, int times) {
      return VolumeBlocks.repeat(graph, name, input, times);
    }

    @Override
    String mean(NetworkGraph graph, String name, String input, int padding) {
      return VolumeBlocks.pool(graph, name, PoolingType.AVG, input, 2, 1, padding);
    }
  };

  static Space of(ModelSpec spec) {
    return spec.input().kind() == InputShape.Kind.VOLUME ? VOLUME : IMAGE;
  }

  /** Padded by (kernel - 1) / 2 on each side. */
  abstract String convolution(
      NetworkGraph graph,
      String name,
      String input,
      int outputs,
      int kernel,
      int stride,
      Bias bias);

  /** Transposed convolution with kernel and stride 2: twice the size. */
  abstract String upConvolution(NetworkGraph graph, String name, String input, int outputs);

  /** Maximum over non-overlapping windows of 2: half the size. */
  abstract String halve(NetworkGraph graph, String name, String input);

  /** Every value as often as told along each axis (nearest neighbour). */
  abstract String repeat(NetworkGraph graph, String name, String input, int times);

  /** Mean of windows of 2 with stride 1, which does not count what is padded. */
  abstract String mean(NetworkGraph graph, String name, String input, int padding);

  /**
   * Linear interpolation to twice the size (bilinear or trilinear), with the border's values
   * outside and pixels as areas, as torch's {@code align_corners=False}: new values lie at a
   * quarter and three quarters between two old ones. Repeating each value and taking the mean of
   * neighbours twice gives these weights, and stock DL4J knows both.
   */
  String interpolate(NetworkGraph graph, String name, String input) {
    String x = repeat(graph, name + "-repeat", input, 2);
    x = mean(graph, name + "-mean1", x, 1); // one more than twice the size
    return mean(graph, name + "-mean2", x, 0);
  }
}
