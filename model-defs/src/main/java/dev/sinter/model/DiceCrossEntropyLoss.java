package dev.sinter.model;

import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationSoftmax;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.INDArrayIndex;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.lossfunctions.ILossFunction;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * Cross-entropy plus soft Dice for segmentation, as in nnU-Net (Isensee et al. 2018,
 * arXiv:1809.10486).
 *
 * <pre>
 * loss   = mean over pixels of the cross-entropy
 *        + 1 - mean over classes c = 1 ... C-1 of dice_c
 * dice_c = (2 sum(p_c y_c) + s) / (sum(p_c) + sum(y_c) + s)
 * </pre>
 *
 * <p>{@code p} is the softmax, {@code y} the one-hot label, {@code s} is {@link #SMOOTHING}. The
 * sums run over all pixels of the micro-batch ("batch Dice"), and class {@link #BACKGROUND} has no
 * part in the Dice term.
 *
 * <p>Rows are pixels and columns classes, as DL4J's {@code CnnLossLayer} hands them over. DL4J's
 * convention is a sum over rows, so score and gradient are the number of rows times those of the
 * loss above. Each row of the labels must sum to 1. Masks are not supported.
 */
public final class DiceCrossEntropyLoss implements ILossFunction {
  /** Added to numerator and denominator of every class's Dice. */
  public static final double SMOOTHING = 1e-5;

  /** The class that has no part in the Dice term. */
  public static final int BACKGROUND = 0;

  private static final long serialVersionUID = 1L;

  /** Softmax, cross-entropy of each row, and the Dice term with its parts. */
  private record Parts(
      INDArray labels,
      INDArray probabilities,
      INDArray crossEntropy,
      INDArray dice,
      INDArray denominator) {

    /** One minus the mean Dice of the foreground classes. */
    double diceLoss() {
      return 1.0 - dice.get(foreground(dice)).meanNumber().doubleValue();
    }
  }

  @Override
  public double computeScore(
      INDArray labels,
      INDArray preOutput,
      IActivation activationFn,
      INDArray mask,
      boolean average) {
    Parts parts = parts(labels, preOutput, activationFn, mask);
    double mean = parts.crossEntropy().meanNumber().doubleValue() + parts.diceLoss();
    return average ? mean : mean * preOutput.size(0);
  }

  /** Each row's cross-entropy plus the batch's Dice loss, so that the rows sum to the score. */
  @Override
  public INDArray computeScoreArray(
      INDArray labels, INDArray preOutput, IActivation activationFn, INDArray mask) {
    Parts parts = parts(labels, preOutput, activationFn, mask);
    return parts.crossEntropy().addi(parts.diceLoss());
  }

  @Override
  public INDArray computeGradient(
      INDArray labels, INDArray preOutput, IActivation activationFn, INDArray mask) {
    return gradient(parts(labels, preOutput, activationFn, mask));
  }

  @Override
  public Pair<Double, INDArray> computeGradientAndScore(
      INDArray labels,
      INDArray preOutput,
      IActivation activationFn,
      INDArray mask,
      boolean average) {
    return new Pair<>(
        computeScore(labels, preOutput, activationFn, mask, average),
        computeGradient(labels, preOutput, activationFn, mask));
  }

  private static Parts parts(
      INDArray labels, INDArray preOutput, IActivation activationFn, INDArray mask) {
    if (!(activationFn instanceof ActivationSoftmax)) {
      throw new IllegalArgumentException("needs softmax as activation, got " + activationFn);
    }
    if (mask != null) {
      throw new UnsupportedOperationException("masks are not supported");
    }
    if (!labels.equalShapes(preOutput)) {
      throw new IllegalArgumentException(
          "labels " + labels.shapeInfoToString() + " and output " + preOutput.shapeInfoToString());
    }
    INDArray y = labels.castTo(preOutput.dataType());
    INDArray shifted = preOutput.subColumnVector(preOutput.max(true, 1));
    INDArray exponentials = Transforms.exp(shifted, true);
    INDArray sums = exponentials.sum(true, 1);
    INDArray p = exponentials.diviColumnVector(sums);
    INDArray logP = shifted.subiColumnVector(Transforms.log(sums, true));
    INDArray crossEntropy = logP.muli(y).sum(true, 1).negi();

    INDArray denominator = p.sum(0).addi(y.sum(0)).addi(SMOOTHING);
    INDArray dice = p.mul(y).sum(0).muli(2).addi(SMOOTHING).divi(denominator);
    return new Parts(y, p, crossEntropy, dice, denominator);
  }

  private static INDArray gradient(Parts parts) {
    INDArray p = parts.probabilities();
    INDArray y = parts.labels();
    long rows = p.size(0);
    long foregroundClasses = p.size(1) - 1;

    // d(1 - mean dice)/dp = -(2y - dice) / denominator / foregroundClasses, times the rows.
    INDArray scale = parts.denominator().rdiv(-(double) rows / foregroundClasses);
    scale.putScalar(BACKGROUND, 0.0);
    INDArray byP = y.mul(2).subiRowVector(parts.dice()).muliRowVector(scale);

    // Through the softmax: dx = p * (dp - sum(dp * p)).
    INDArray projection = byP.mul(p).sum(true, 1);
    INDArray gradient = byP.subiColumnVector(projection).muli(p);
    return gradient.addi(p).subi(y);
  }

  private static INDArrayIndex foreground(INDArray perClass) {
    return NDArrayIndex.interval(BACKGROUND + 1, perClass.length());
  }

  @Override
  public String name() {
    return toString();
  }

  @Override
  public String toString() {
    return "DiceCrossEntropyLoss()";
  }

  /** All instances are equal: there is nothing to configure. */
  @Override
  public boolean equals(Object other) {
    return other instanceof DiceCrossEntropyLoss;
  }

  @Override
  public int hashCode() {
    return DiceCrossEntropyLoss.class.hashCode();
  }
}
