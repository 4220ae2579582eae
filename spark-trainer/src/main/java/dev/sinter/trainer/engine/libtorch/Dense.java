package dev.sinter.trainer.engine.libtorch;

import dev.sinter.trainer.engine.libtorch.Operation.Unary;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * A fully connected layer.
 *
 * @param weights (out, in): DL4J's column-major (in, out)
 */
record Dense(Weights weights) implements Unary {
  @Override
  public boolean leavesOutputFree() {
    return true;
  }

  @Override
  public Tensor apply(Tensor input, Pass pass) {
    return torch.linear(input, weights.kernelFor(input), weights.biasFor(input));
  }
}
