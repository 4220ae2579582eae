package dev.sinter.model;

import dev.sinter.model.layer.GroupedConvolution2D;
import dev.sinter.model.layer.UpsamplingWeightInit;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.distribution.NormalDistribution;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.Upsampling2D;
import org.deeplearning4j.nn.weights.IWeightInit;
import org.deeplearning4j.nn.weights.WeightInitDistribution;
import org.deeplearning4j.nn.weights.WeightInitRelu;
import org.nd4j.linalg.activations.Activation;

/**
 * Convolutions, normalisation, activation and pooling in the one form that all networks share.
 *
 * <p>Conventions, which an engine may rely on:
 *
 * <ul>
 *   <li>an activation is always a vertex of its own ({@code ...-relu}); convolutions and batch
 *       normalisations have the identity as activation;
 *   <li>padding is explicit and sizes are rounded down ({@link ConvolutionMode#Truncate}), as in
 *       torch;
 *   <li>batch normalisation has eps 1e-5 and decay 0.9 (torch: momentum 0.1) and stores the
 *       variance itself; gamma starts at 1, beta at 0, the running mean at 0, its variance at 1;
 *   <li>convolution weights start from a normal distribution with the standard deviation {@code
 *       sqrt(2 / (outputs * kernel * kernel))} (He et al. 2015, fan-out), or with the number of
 *       inputs in its place (fan-in) where torchvision has that; biases at 0.
 * </ul>
 */
final class ConvolutionBlocks {
  static final double NORM_EPSILON = 1e-5;
  static final double NORM_DECAY = 0.9;

  private ConvolutionBlocks() {}

  /** Whether a convolution has a bias; one that a batch normalisation follows needs none. */
  enum Bias {
    WITH,
    WITHOUT
  }

  /** Square kernel, padded by (kernel - 1) / 2: {@code [N, C, H, W] -> [N, outputs, H/s, W/s]}. */
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
        square(outputs, kernel, stride)
            .hasBias(bias == Bias.WITH)
            .weightInit(kaimingNormal(outputs, kernel))
            .build(),
        input);
  }

  /**
   * As {@link #convolution}, without bias and with weights whose standard deviation is {@code
   * sqrt(2 / (inputs * kernel * kernel))}: {@code [N, C, H, W] -> [N, outputs, H/s, W/s]}.
   */
  static String fanInConvolution(
      NetworkGraph graph, String name, String input, int outputs, int kernel, int stride) {
    return graph.layer(
        name,
        square(outputs, kernel, stride).hasBias(false).weightInit(new WeightInitRelu()).build(),
        input);
  }

  /**
   * As {@link #convolution}, without bias and in groups: each group of outputs sees only its own
   * group of inputs.
   */
  static String groupedConvolution(
      NetworkGraph graph,
      String name,
      String input,
      int outputs,
      int kernel,
      int stride,
      int groups) {
    int padding = (kernel - 1) / 2;
    return graph.layer(
        name,
        new GroupedConvolution2D.Builder(kernel, kernel)
            .groups(groups)
            .stride(stride, stride)
            .padding(padding, padding)
            .convolutionMode(ConvolutionMode.Truncate)
            .nOut(outputs)
            .hasBias(false)
            .weightInit(kaimingNormal(outputs, kernel))
            .build(),
        input);
  }

  private static ConvolutionLayer.Builder square(int outputs, int kernel, int stride) {
    int padding = (kernel - 1) / 2;
    return new ConvolutionLayer.Builder(kernel, kernel)
        .stride(stride, stride)
        .padding(padding, padding)
        .convolutionMode(ConvolutionMode.Truncate)
        .nOut(outputs);
  }

  /**
   * 3x3 transposed convolution with stride 2, cropped to {@code [N, C, H, W] -> [N, outputs, 2H,
   * 2W]}.
   */
  static String wideUpConvolution(NetworkGraph graph, String name, String input, int outputs) {
    return graph.layer(
        name,
        new Deconvolution2D.Builder(3, 3)
            .stride(2, 2)
            .convolutionMode(ConvolutionMode.Same)
            .nOut(outputs)
            .hasBias(true)
            .weightInit(kaimingNormal(outputs, 3))
            .build(),
        input);
  }

  /** 2x2 transposed convolution with stride 2: {@code [N, C, H, W] -> [N, outputs, 2H, 2W]}. */
  static String upConvolution(NetworkGraph graph, String name, String input, int outputs) {
    return graph.layer(
        name,
        new Deconvolution2D.Builder(2, 2)
            .stride(2, 2)
            .padding(0, 0)
            .convolutionMode(ConvolutionMode.Truncate)
            .nOut(outputs)
            .hasBias(true)
            .weightInit(kaimingNormal(outputs, 2))
            .build(),
        input);
  }

  /**
   * 2x2 transposed convolution with stride 2 that begins by repeating each value: {@code [N, C, H,
   * W] -> [N, C, 2H, 2W]}.
   */
  static String upsampling(NetworkGraph graph, String name, String input, int channels) {
    return graph.layer(
        name,
        new Deconvolution2D.Builder(2, 2)
            .stride(2, 2)
            .padding(0, 0)
            .convolutionMode(ConvolutionMode.Truncate)
            .nOut(channels)
            .hasBias(false)
            .weightInit(new UpsamplingWeightInit())
            .build(),
        input);
  }

  /** Batch normalisation per channel; keeps the shape. */
  static String batchNorm(NetworkGraph graph, String name, String input) {
    return batchNorm(graph, name, input, 1.0);
  }

  /** Batch normalisation whose gamma starts at the given value; keeps the shape. */
  static String batchNorm(NetworkGraph graph, String name, String input, double initialGamma) {
    return Layout.TORCHVISION.batchNorm(graph, name, input, initialGamma);
  }

  /** Rectifier; keeps the shape. */
  static String relu(NetworkGraph graph, String name, String input) {
    return graph.layer(name, new ActivationLayer(Activation.RELU), input);
  }

  /** Max-pooling: {@code [N, C, H, W] -> [N, C, (H + 2p - k)/s + 1, (W + 2p - k)/s + 1]}. */
  static String maxPool(
      NetworkGraph graph, String name, String input, int kernel, int stride, int padding) {
    return graph.layer(
        name,
        new SubsamplingLayer.Builder(SubsamplingLayer.PoolingType.MAX)
            .kernelSize(kernel, kernel)
            .stride(stride, stride)
            .padding(padding, padding)
            .convolutionMode(ConvolutionMode.Truncate)
            .build(),
        input);
  }

  /**
   * Mean over whole windows without padding: {@code [N, C, H, W] -> [N, C, (H - k)/s + 1, ...]}.
   */
  static String averagePool(NetworkGraph graph, String name, String input, int kernel, int stride) {
    return averagePool(graph, name, input, kernel, stride, 0);
  }

  /** Mean over windows, of which padded pixels are no part. */
  static String averagePool(
      NetworkGraph graph, String name, String input, int kernel, int stride, int padding) {
    return graph.layer(
        name,
        new SubsamplingLayer.Builder(SubsamplingLayer.PoolingType.AVG)
            .kernelSize(kernel, kernel)
            .stride(stride, stride)
            .padding(padding, padding)
            .convolutionMode(ConvolutionMode.Truncate)
            .build(),
        input);
  }

  /** Repeats every pixel: {@code [N, C, H, W] -> [N, C, tH, tW]}. */
  static String repeat(NetworkGraph graph, String name, String input, int times) {
    return graph.layer(name, new Upsampling2D.Builder(times).build(), input);
  }

  private static IWeightInit kaimingNormal(int outputs, int kernel) {
    return fanOutNormal(outputs, kernel * kernel);
  }

  /** A kernel's initial weights, by the number of its positions. */
  static IWeightInit fanOutNormal(int outputs, int positions) {
    return new WeightInitDistribution(
        new NormalDistribution(0.0, Math.sqrt(2.0 / ((double) outputs * positions))));
  }
}
