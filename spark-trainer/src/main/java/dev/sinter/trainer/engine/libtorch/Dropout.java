package dev.sinter.trainer.engine.libtorch;

import dev.sinter.trainer.engine.libtorch.Operation.Unary;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Inverted dropout: what stays is scaled up.
 *
 * @param retained probability that a value stays (DL4J's meaning of {@code dropOut})
 */
record Dropout(double retained) implements Unary {
  @Override
  public Tensor apply(Tensor input, Pass pass) {
    if (!pass.isTraining()) {
      return input;
    }
    Tensor mask = torch.empty_like(input).bernoulli_(retained, pass.generator());
    return input.mul(mask.div(new Scalar(retained)));
  }
}
