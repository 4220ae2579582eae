package dev.sinter.trainer.engine.libtorch;

import dev.sinter.trainer.engine.libtorch.Operation.Unary;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.BinaryOperator;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Losses of each output by itself against one-hot labels.
 *
 * @param activation from logits to outputs
 * @param term loss of outputs against labels, element by element
 * @param weights factor of each class
 * @param isMeanOverClasses whether a row's sum is divided by the number of classes
 */
record OneHotLosses(
    Unary activation,
    BinaryOperator<Tensor> term,
    Optional<double[]> weights,
    boolean isMeanOverClasses)
    implements Loss {
  static final BinaryOperator<Tensor> SQUARE = (output, labels) -> output.sub(labels).square();
  static final BinaryOperator<Tensor> ABSOLUTE = (output, labels) -> output.sub(labels).abs();

  /**
   * Binary cross-entropy of probabilities.
   *
   * @param margin how far they are kept from 0 and 1
   */
  static BinaryOperator<Tensor> binary(double margin) {
    return (output, labels) -> {
      Tensor clipped =
          output.clamp(
              new ScalarOptional(new Scalar(margin)), new ScalarOptional(new Scalar(1 - margin)));
      // As in DL4J, the gradient is that of the clipped value, but is not stopped by clipping.
      Tensor kept = output.add(clipped.sub(output).detach());
      Tensor complement = kept.neg().add(new Scalar(1.0));
      return torch.where(labels.gt(new Scalar(0.5)), kept, complement).log().neg();
    };
  }

  @Override
  public Tensor of(Tensor logits, Tensor labels) {
    long classes = logits.size(1);
    Tensor oneHot = torch.one_hot(labels, classes).movedim(-1, 1).to(logits.scalar_type());
    Tensor terms = term.apply(predictions(logits), oneHot);
    if (weights.isPresent()) {
      long[] shape = new long[Math.toIntExact(logits.dim() - 1)];
      Arrays.fill(shape, 1);
      shape[0] = classes;
      terms = terms.mul(Tensor.create(weights.get()).to(logits).reshape(shape));
    }
    double rows = (double) labels.numel() * (isMeanOverClasses ? classes : 1);
    return terms.sum().div(new Scalar(rows));
  }

  @Override
  public Tensor predictions(Tensor logits) {
    return activation.apply(logits, Pass.evaluation(Math.toIntExact(logits.size(0))));
  }
}
