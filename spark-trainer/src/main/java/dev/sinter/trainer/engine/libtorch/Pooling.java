package dev.sinter.trainer.engine.libtorch;

import dev.sinter.trainer.engine.libtorch.Operation.Unary;
import java.util.Arrays;
import java.util.stream.LongStream;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Pooling over windows or over all positions. */
final class Pooling {
  private Pooling() {}

  /**
   * Maximum of each window; padding never wins.
   *
   * @param window what slides
   */
  record Maximum(Window window) implements Unary {
    @Override
    public Tensor apply(Tensor input, Pass pass) {
      return window.isSame()
          ? window.applySame(input, Double.NEGATIVE_INFINITY, this::pool)
          : pool(input, window.padding());
    }

    private Tensor pool(Tensor input, long[] padding) {
      return window.kernel().length == 3
          ? torch.max_pool3d(
              input, window.kernel(), window.stride(), padding, window.dilation(), false)
          : torch.max_pool2d(
              input, window.kernel(), window.stride(), padding, window.dilation(), false);
    }
  }

  /**
   * Mean of each window.
   *
   * @param window what slides
   * @param divisor what the sum is divided by
   */
  record Average(Window window, Divisor divisor) implements Unary {
    /** What the sum of a window at the border is divided by. */
    enum Divisor {
      /** The size of the kernel. */
      KERNEL,
      /** The number of pixels within the image. */
      PIXELS
    }

    @Override
    public Tensor apply(Tensor input, Pass pass) {
      if (!window.isSame()) {
        return pool(input, window.padding(), divisor);
      }
      Tensor means = poolSame(input);
      if (divisor == Divisor.KERNEL) {
        return means;
      }
      // Padding in this mode may be uneven, which avg_pool2d cannot leave out of its count.
      Tensor image = torch.ones_like(input.narrow(0, 0, 1).narrow(1, 0, 1));
      return means.div(poolSame(image));
    }

    private Tensor poolSame(Tensor input) {
      return window.applySame(input, 0, (padded, padding) -> pool(padded, padding, Divisor.KERNEL));
    }

    private Tensor pool(Tensor input, long[] padding, Divisor by) {
      boolean countsPadding = by == Divisor.KERNEL;
      if (window.kernel().length == 2) {
        return torch.avg_pool2d(
            input,
            window.kernel(),
            window.stride(),
            padding,
            false,
            countsPadding,
            new LongOptional());
      }
      // libtorch has no such operation for bfloat16 on the CPU.
      ScalarType type = input.scalar_type().intern();
      Tensor volume = type == ScalarType.BFloat16 ? input.to(ScalarType.Float) : input;
      return torch
          .avg_pool3d(
              volume,
              window.kernel(),
              window.stride(),
              padding,
              false,
              countsPadding,
              new LongOptional())
          .to(type);
    }
  }

  /**
   * Means of the cells of a grid.
   *
   * @param rows of the grid
   * @param columns of the grid
   */
  record AverageToGrid(long rows, long columns) implements Unary {
    @Override
    public Tensor apply(Tensor input, Pass pass) {
      long height = input.size(2);
      long width = input.size(3);
      if (height == rows && width == columns) {
        return input;
      }
      if (height % rows != 0 || width % columns != 0) {
        return torch.adaptive_avg_pool2d(input, rows, columns);
      }
      // The same means, with a backward pass that repeats its bits on a GPU as well.
      long[] cell = {height / rows, width / columns};
      return torch.avg_pool2d(
          input, cell, cell, new long[] {0, 0}, false, true, new LongOptional());
    }
  }

  /**
   * Mean over all positions.
   *
   * @param keepsDimensions whether the positions' dimensions stay, with size 1
   */
  record GlobalAverage(boolean keepsDimensions) implements Unary {
    @Override
    public Tensor apply(Tensor input, Pass pass) {
      if (input.dim() != 4) {
        return input.mean(positions(input), keepsDimensions, new ScalarTypeOptional());
      }
      Tensor pooled = torch.adaptive_avg_pool2d(input, 1, 1);
      return keepsDimensions ? pooled : pooled.flatten(1, -1);
    }
  }

  /**
   * Maximum over all positions.
   *
   * @param keepsDimensions whether the positions' dimensions stay, with size 1
   */
  record GlobalMaximum(boolean keepsDimensions) implements Unary {
    @Override
    public Tensor apply(Tensor input, Pass pass) {
      Tensor image = input.dim() == 4 ? input : input.flatten(2, -1).unsqueeze(2);
      Tensor pooled = torch.max_pool2d(image, image.size(2), image.size(3));
      return keepsDimensions ? pooled.reshape(singlePosition(input)) : pooled.flatten(1, -1);
    }
  }

  /**
   * Sum over all positions.
   *
   * @param keepsDimensions whether the positions' dimensions stay, with size 1
   */
  record GlobalSum(boolean keepsDimensions) implements Unary {
    @Override
    public Tensor apply(Tensor input, Pass pass) {
      return input.sum(positions(input), keepsDimensions, new ScalarTypeOptional());
    }
  }

  /**
   * The p-norm over all positions.
   *
   * @param power p
   * @param keepsDimensions whether the positions' dimensions stay, with size 1
   */
  record GlobalNorm(int power, boolean keepsDimensions) implements Unary {
    @Override
    public Tensor apply(Tensor input, Pass pass) {
      return input
          .abs()
          .pow(new Scalar((double) power))
          .sum(positions(input), keepsDimensions, new ScalarTypeOptional())
          .pow(new Scalar(1.0 / power));
    }
  }

  private static long[] positions(Tensor input) {
    return LongStream.range(2, input.dim()).toArray();
  }

  private static long[] singlePosition(Tensor input) {
    long[] shape = new long[Math.toIntExact(input.dim())];
    Arrays.fill(shape, 1);
    shape[0] = input.size(0);
    shape[1] = input.size(1);
    return shape;
  }
}
