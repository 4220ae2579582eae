package dev.sinter.model;

import dev.sinter.model.ConvolutionBlocks.Bias;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.deeplearning4j.nn.conf.layers.Deconvolution3D;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.Subsampling3DLayer;
import org.deeplearning4j.nn.conf.layers.Upsampling3D;

/**
 * Convolutions, pooling and upsampling of volumes, with the conventions of {@link
 * ConvolutionBlocks}.
 */
final class VolumeBlocks {
  private VolumeBlocks() {}

  /**
   * Cubic kernel, padded by (kernel - 1) / 2: {@code [N, C, D, H, W] -> [N, outputs, D/s, H/s,
   * W/s]}.
   */
  static String convolution(
      NetworkGraph graph,
      String name,
      String input,
      int outputs,
      int kernel,
      int stride,
      Bias bias) {
    return graph.layer(
        name,
        new Convolution3D.Builder(cube(kernel))
            .stride(cube(stride))
            .padding(cube((kernel - 1) / 2))
            .convolutionMode(ConvolutionMode.Truncate)
            .nOut(outputs)
            .hasBias(bias == Bias.WITH)
            .weightInit(ConvolutionBlocks.fanOutNormal(outputs, kernel * kernel * kernel))
            .build(),
        input);
  }

  /**
   * 2x2x2 transposed convolution with stride 2: {@code [N, C, D, H, W] -> [N, outputs, 2D, 2H,
   * 2W]}.
   */
  static String upConvolution(
      NetworkGraph graph, String name, String input, int outputs, Bias bias) {
    return graph.layer(
        name,
        new Deconvolution3D.Builder()
            .kernelSize(cube(2))
            .stride(cube(2))
            .padding(cube(0))
            .convolutionMode(ConvolutionMode.Truncate)
            .nOut(outputs)
            .hasBias(bias == Bias.WITH)
            .weightInit(ConvolutionBlocks.fanOutNormal(outputs, 8))
            .build(),
        input);
  }

  /** Maximum or mean of cubes, padding not counted: {@code [N, C, D, H, W] -> [N, C, D', ...]}. */
  static String pool(
      NetworkGraph graph,
      String name,
      PoolingType type,
      String input,
      int kernel,
      int stride,
      int padding) {
    return graph.layer(
        name,
        new Subsampling3DLayer.Builder(type)
            .kernelSize(cube(kernel))
            .stride(cube(stride))
            .padding(cube(padding))
            .convolutionMode(ConvolutionMode.Truncate)
            .build(),
        input);
  }

  /** Repeats every voxel: {@code [N, C, D, H, W] -> [N, C, tD, tH, tW]}. */
  static String repeat(NetworkGraph graph, String name, String input, int times) {
    return graph.layer(
        name, new Upsampling3D.Builder(Convolution3D.DataFormat.NCDHW, times).build(), input);
  }

  private static int[] cube(int size) {
    return new int[] {size, size, size};
  }
}
