package dev.sinter.trainer.engine.libtorch;

import dev.sinter.trainer.engine.libtorch.Operation.Unary;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/**
 * A fully connected layer whose sums are normalised over the layer before the bias is added.
 *
 * @param weights (out, in): DL4J's column-major (in, out)
 * @param gain scale of each normalised sum
 */
record NormalisedDense(Weights weights, Parameter gain) implements Unary {
  /** As in DL4J: none. */
  private static final double EPSILON = 0;

  @Override
  public Tensor apply(Tensor input, Pass pass) {
    Tensor sums = torch.linear(input, weights.kernelFor(input), new TensorOptional());
    Tensor scale = gain.value().to(sums.scalar_type());
    Tensor normalised =
        torch.layer_norm(
            sums,
            new long[] {sums.size(1)},
            new TensorOptional(scale),
            new TensorOptional(),
            EPSILON,
            false);
    TensorOptional bias = weights.biasFor(input);
    return bias.has_value() ? normalised.add(bias.get()) : normalised;
  }
}
