package dev.sinter.trainer.engine.libtorch;

import dev.sinter.trainer.engine.libtorch.Operation.Unary;
import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Repeats each voxel.
 *
 * @param slices times each slice is repeated
 * @param rows times each row is repeated
 * @param columns times each column is repeated
 */
record VolumeUpsampling(long slices, long rows, long columns) implements Unary {
  @Override
  public Tensor apply(Tensor input, Pass pass) {
    long[] size = {input.size(2) * slices, input.size(3) * rows, input.size(4) * columns};
    return torch.upsample_nearest3d(
        input, size, new DoubleOptional(), new DoubleOptional(), new DoubleOptional());
  }
}
