package dev.sinter.trainer.engine.libtorch;

import dev.sinter.trainer.engine.libtorch.Operation.Unary;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Repeats each pixel.
 *
 * @param rows times each row is repeated
 * @param columns times each column is repeated
 */
record Upsampling(long rows, long columns) implements Unary {
  @Override
  public boolean leavesOutputFree() {
    return true;
  }

  @Override
  public Tensor apply(Tensor input, Pass pass) {
    return torch.upsample_nearest2d(input, input.size(2) * rows, input.size(3) * columns);
  }
}
