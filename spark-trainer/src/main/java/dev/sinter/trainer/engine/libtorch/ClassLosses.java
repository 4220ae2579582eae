package dev.sinter.trainer.engine.libtorch;

import java.util.Optional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/** Losses of a softmax over classes. */
final class ClassLosses {
  private ClassLosses() {}

  /**
   * Cross-entropy, mean over samples or pixels.
   *
   * @param weights factor of each class; the mean is over all rows, whatever their class
   */
  record CrossEntropy(Optional<double[]> weights) implements Loss {
    private static final long SUM = 2;
    private static final long MEAN = 1;
    private static final long IGNORE_NONE = -100;

    @Override
    public Tensor of(Tensor logits, Tensor labels) {
      Tensor logProbabilities = logits.log_softmax(1);
      if (weights.isEmpty()) {
        return torch.nll_loss_nd(logProbabilities, labels, new TensorOptional(), MEAN, IGNORE_NONE);
      }
      Tensor factors = Tensor.create(weights.get()).to(logits);
      return torch
          .nll_loss_nd(logProbabilities, labels, new TensorOptional(factors), SUM, IGNORE_NONE)
          .div(new Scalar((double) labels.numel()));
    }

    @Override
    public Tensor predictions(Tensor logits) {
      return logits.softmax(1);
    }
  }

  /**
   * Mean cross-entropy plus one minus the mean soft Dice of the foreground classes, each over all
   * pixels of the micro-batch.
   */
  record DiceCrossEntropy() implements Loss {
    private static final double SMOOTHING = 1e-5;

    @Override
    public Tensor of(Tensor logits, Tensor labels) {
      long classes = logits.size(1);
      Tensor crossEntropy = new CrossEntropy(Optional.empty()).of(logits, labels);
      Tensor predicted = byClass(logits.softmax(1)).narrow(0, 1, classes - 1);
      Tensor truth =
          torch
              .one_hot(labels.flatten(), classes)
              .to(logits.scalar_type())
              .transpose(0, 1)
              .narrow(0, 1, classes - 1);
      Scalar smoothing = new Scalar(SMOOTHING);
      Tensor overlap = predicted.mul(truth).sum(1).mul(new Scalar(2.0)).add(smoothing);
      Tensor sizes = predicted.sum(1).add(truth.sum(1)).add(smoothing);
      Tensor meanDice = overlap.div(sizes).mean();
      return crossEntropy.add(new Scalar(1.0)).sub(meanDice);
    }

    @Override
    public Tensor predictions(Tensor logits) {
      return logits.softmax(1);
    }

    /** (classes, pixels). */
    private static Tensor byClass(Tensor probabilities) {
      return probabilities.transpose(0, 1).flatten(1, -1);
    }
  }
}
