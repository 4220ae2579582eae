package dev.sinter.model;

import org.deeplearning4j.nn.conf.layers.DropoutLayer;

/**
 * The layers of one U-Net: over images or volumes, normalised and enlarged as its options say.
 *
 * @param graph what they are added to
 * @param space images or volumes
 * @param norm what follows a convolution
 * @param up how the way up enlarges
 */
record UNetLayers(NetworkGraph graph, Space space, Normalization norm, Enlargement up) {

  /** How a level of the way up gets twice the size. */
  enum Enlargement {
    /** A transposed convolution with kernel and stride 2. */
    CONVOLUTION,
    /** A 1x1 convolution to the level's channels, then linear interpolation. */
    INTERPOLATION
  }

  /** Convolution, normalisation and rectifier. */
  String unit(String block, int number, String input, int outputs) {
    String x = convolution(block + "-conv" + number, input, outputs, 3, 1);
    x = norm.after(graph, block, String.valueOf(number), x, outputs);
    return ConvolutionBlocks.relu(graph, block + "-relu" + number, x);
  }

  /** Normalisation and rectifier before a convolution. */
  String activated(String block, String suffix, String input, int channels) {
    String x = norm.after(graph, block, suffix, input, channels);
    return ConvolutionBlocks.relu(graph, block + "-relu" + suffix, x);
  }

  /** A convolution that a normalisation, if there is any, frees of its bias. */
  String convolution(String name, String input, int outputs, int kernel, int stride) {
    return space.convolution(graph, name, input, outputs, kernel, stride, norm.bias());
  }

  /** Twice the size, with {@code outputs} channels. */
  String enlarge(String block, String input, int outputs) {
    if (up == Enlargement.CONVOLUTION) {
      return space.upConvolution(graph, block + "-upconv", input, outputs);
    }
    String x =
        space.convolution(
            graph, block + "-up-conv", input, outputs, 1, 1, ConvolutionBlocks.Bias.WITH);
    return space.interpolate(graph, block + "-up", x);
  }

  /** Sets a fraction of the values to zero in training; nothing for a fraction of 0. */
  String dropout(String name, String input, double fraction) {
    return fraction == 0
        ? input
        : graph.layer(name, new DropoutLayer.Builder(1 - fraction).build(), input);
  }
}
