package dev.sinter.trainer.engine.libtorch;

import java.util.Optional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.BaseOutputLayer;
import org.deeplearning4j.nn.conf.layers.CnnLossLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.nd4j.linalg.activations.impl.ActivationSoftmax;
import org.nd4j.linalg.lossfunctions.ILossFunction;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;

/** The mean loss of logits (samples, classes, ...) against class indices (samples, ...). */
interface Loss {
  Tensor of(Tensor logits, Tensor labels);

  /** Translates the loss of an output layer. */
  static Loss translate(String vertex, Layer layer) {
    ILossFunction function = functionOf(vertex, layer);
    if (!(((BaseLayer) layer).getActivationFn() instanceof ActivationSoftmax)) {
      throw UnsupportedLayer.at(vertex, "an output without softmax");
    }
    if (function instanceof LossMCXENT crossEntropy) {
      return new CrossEntropy(
          Optional.ofNullable(crossEntropy.getWeights()).map(w -> w.toDoubleVector()));
    }
    if (function.getClass().getSimpleName().equals("DiceCrossEntropyLoss")) {
      return new DiceCrossEntropy();
    }
    throw UnsupportedLayer.at(vertex, function.getClass());
  }

  private static ILossFunction functionOf(String vertex, Layer layer) {
    if (layer instanceof BaseOutputLayer output) {
      return output.getLossFn();
    }
    if (layer instanceof LossLayer loss) {
      return loss.getLossFn();
    }
    if (layer instanceof CnnLossLayer loss) {
      return loss.getLossFn();
    }
    throw UnsupportedLayer.at(vertex, layer.getClass().getName() + " as output");
  }

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

    /** (classes, pixels). */
    private static Tensor byClass(Tensor probabilities) {
      return probabilities.transpose(0, 1).flatten(1, -1);
    }
  }
}
