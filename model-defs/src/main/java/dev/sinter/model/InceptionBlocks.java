package dev.sinter.model;

import static dev.sinter.model.ConvolutionBlocks.maxPool;
import static dev.sinter.model.ConvolutionBlocks.relu;

import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.distribution.NormalDistribution;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;

/**
 * The blocks of Szegedy et al. 2015 (arXiv:1512.00567): branches side by side, concatenated in the
 * order and under the names of torchvision. Each convolution has batch normalisation and a
 * rectifier behind it; its weights start from a normal distribution with the standard deviation
 * 0.1.
 */
record InceptionBlocks(NetworkGraph graph, Layout layout) {
  private static final double NORM_EPSILON = 1e-3;

  /**
   * A kernel's height and width, stride and padding.
   *
   * @param padding above and below, left and right
   */
  record Kernel(int height, int width, int stride, int... padding) {
    /** Keeps the size of an image; both sides are odd. */
    static Kernel keeping(int height, int width) {
      return new Kernel(height, width, 1, height / 2, width / 2);
    }

    /** Square, over whole windows only. */
    static Kernel whole(int side, int stride) {
      return new Kernel(side, side, stride, 0, 0);
    }
  }

  private static final Kernel ONE = Kernel.keeping(1, 1);
  private static final Kernel THREE = Kernel.keeping(3, 3);
  private static final Kernel FIVE = Kernel.keeping(5, 5);
  private static final Kernel ROW_OF_SEVEN = Kernel.keeping(1, 7);
  private static final Kernel COLUMN_OF_SEVEN = Kernel.keeping(7, 1);
  private static final Kernel ROW_OF_THREE = Kernel.keeping(1, 3);
  private static final Kernel COLUMN_OF_THREE = Kernel.keeping(3, 1);
  private static final Kernel HALVING = Kernel.whole(3, 2);

  /** Convolution, batch normalisation, rectifier: {@code [N, C, H, W] -> [N, outputs, H', W']}. */
  String unit(String name, String input, int outputs, Kernel kernel) {
    String x =
        graph.layer(
            name + "-conv",
            new ConvolutionLayer.Builder(kernel.height(), kernel.width())
                .stride(kernel.stride(), kernel.stride())
                .padding(kernel.padding())
                .convolutionMode(ConvolutionMode.Truncate)
                .nOut(outputs)
                .hasBias(false)
                .weightInit(new NormalDistribution(0, 0.1))
                .build(),
            input);
    x = layout.batchNorm(graph, name + "-bn", x, NORM_EPSILON, 1.0);
    return relu(graph, name + "-relu", x);
  }

  /** Figure 5: {@code [N, C, H, W] -> [N, 224 + pooled, H, W]}. */
  String square(String name, String input, int pooled) {
    String one = unit(name + "-branch1x1", input, 64, ONE);
    String five = unit(name + "-branch5x5-1", input, 48, ONE);
    five = unit(name + "-branch5x5-2", five, 64, FIVE);
    String three = unit(name + "-branch3x3dbl-1", input, 64, ONE);
    three = unit(name + "-branch3x3dbl-2", three, 96, THREE);
    three = unit(name + "-branch3x3dbl-3", three, 96, THREE);
    String pool = pooled(name, input, pooled);
    return graph.concatenate(name, one, five, three, pool);
  }

  /** Figure 10: {@code [N, C, H, W] -> [N, 480 + C, (H - 3) / 2 + 1, (W - 3) / 2 + 1]}. */
  String squareReduction(String name, String input) {
    String three = unit(name + "-branch3x3", input, 384, HALVING);
    String twice = unit(name + "-branch3x3dbl-1", input, 64, ONE);
    twice = unit(name + "-branch3x3dbl-2", twice, 96, THREE);
    twice = unit(name + "-branch3x3dbl-3", twice, 96, HALVING);
    String pool = maxPool(graph, name + "-branch-pool", input, 3, 2, 0);
    return graph.concatenate(name, three, twice, pool);
  }

  /**
   * Figure 6, with 7x7 convolutions as rows and columns: {@code [N, C, H, W] -> [N, 768, H, W]}.
   *
   * @param width channels between the convolutions of a branch
   */
  String factorised(String name, String input, int width) {
    String one = unit(name + "-branch1x1", input, 192, ONE);
    String seven = unit(name + "-branch7x7-1", input, width, ONE);
    seven = unit(name + "-branch7x7-2", seven, width, ROW_OF_SEVEN);
    seven = unit(name + "-branch7x7-3", seven, 192, COLUMN_OF_SEVEN);
    String twice = unit(name + "-branch7x7dbl-1", input, width, ONE);
    twice = unit(name + "-branch7x7dbl-2", twice, width, COLUMN_OF_SEVEN);
    twice = unit(name + "-branch7x7dbl-3", twice, width, ROW_OF_SEVEN);
    twice = unit(name + "-branch7x7dbl-4", twice, width, COLUMN_OF_SEVEN);
    twice = unit(name + "-branch7x7dbl-5", twice, 192, ROW_OF_SEVEN);
    String pool = pooled(name, input, 192);
    return graph.concatenate(name, one, seven, twice, pool);
  }

  /** {@code [N, C, H, W] -> [N, 512 + C, (H - 3) / 2 + 1, (W - 3) / 2 + 1]}. */
  String factorisedReduction(String name, String input) {
    String three = unit(name + "-branch3x3-1", input, 192, ONE);
    three = unit(name + "-branch3x3-2", three, 320, HALVING);
    String seven = unit(name + "-branch7x7x3-1", input, 192, ONE);
    seven = unit(name + "-branch7x7x3-2", seven, 192, ROW_OF_SEVEN);
    seven = unit(name + "-branch7x7x3-3", seven, 192, COLUMN_OF_SEVEN);
    seven = unit(name + "-branch7x7x3-4", seven, 192, HALVING);
    String pool = maxPool(graph, name + "-branch-pool", input, 3, 2, 0);
    return graph.concatenate(name, three, seven, pool);
  }

  /** Figure 7, whose branches fork once more: {@code [N, C, H, W] -> [N, 2048, H, W]}. */
  String forked(String name, String input) {
    String one = unit(name + "-branch1x1", input, 320, ONE);
    String three = unit(name + "-branch3x3-1", input, 384, ONE);
    three = fork(name + "-branch3x3", 2, three);
    String twice = unit(name + "-branch3x3dbl-1", input, 448, ONE);
    twice = unit(name + "-branch3x3dbl-2", twice, 384, THREE);
    twice = fork(name + "-branch3x3dbl", 3, twice);
    String pool = pooled(name, input, 192);
    return graph.concatenate(name, one, three, twice, pool);
  }

  private String fork(String name, int number, String input) {
    String row = unit(name + "-" + number + "a", input, 384, ROW_OF_THREE);
    String column = unit(name + "-" + number + "b", input, 384, COLUMN_OF_THREE);
    return graph.concatenate(name, row, column);
  }

  /**
   * Means of 3x3 pixels, then a 1x1 convolution. torchvision counts pixels beyond the border as
   * zeros; keras-applications does not count them.
   */
  private String pooled(String name, String input, int outputs) {
    String x =
        graph.layer(
            name + "-average",
            new SubsamplingLayer.Builder(SubsamplingLayer.PoolingType.AVG)
                .kernelSize(3, 3)
                .stride(1, 1)
                .padding(1, 1)
                .avgPoolIncludePadInDivisor(layout == Layout.TORCHVISION)
                .convolutionMode(ConvolutionMode.Truncate)
                .build(),
            input);
    return unit(name + "-branch-pool", x, outputs, ONE);
  }
}
