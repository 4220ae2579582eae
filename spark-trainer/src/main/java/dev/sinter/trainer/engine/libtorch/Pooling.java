package dev.sinter.trainer.engine.libtorch;

import dev.sinter.trainer.engine.libtorch.Operation.Unary;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** Pooling over windows or over the whole image. */
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
      return torch.max_pool2d(
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
      return torch.avg_pool2d(
          input,
          window.kernel(),
          window.stride(),
          padding,
          false,
          by == Divisor.KERNEL,
          new LongOptional());
    }
  }

  /**
   * Mean over height and width.
   *
   * @param keepsDimensions whether height and width stay, with size 1
   */
  record GlobalAverage(boolean keepsDimensions) implements Unary {
    @Override
    public Tensor apply(Tensor input, Pass pass) {
      Tensor pooled = torch.adaptive_avg_pool2d(input, 1, 1);
      return keepsDimensions ? pooled : pooled.flatten(1, -1);
    }
  }

  /**
   * Maximum over height and width.
   *
   * @param keepsDimensions whether height and width stay, with size 1
   */
  record GlobalMaximum(boolean keepsDimensions) implements Unary {
    @Override
    public Tensor apply(Tensor input, Pass pass) {
      Tensor pooled = torch.max_pool2d(input, input.size(2), input.size(3));
      return keepsDimensions ? pooled : pooled.flatten(1, -1);
    }
  }
}
