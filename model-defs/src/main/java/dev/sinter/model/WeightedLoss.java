package dev.sinter.model;

import java.util.Objects;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.lossfunctions.ILossFunction;

/**
 * A loss times a constant: the share of one output in the loss of a network with several. DL4J adds
 * the losses of all outputs, and its configuration has no place for their weights but the losses
 * themselves.
 */
public final class WeightedLoss implements ILossFunction {
  private static final long serialVersionUID = 1L;

  private ILossFunction loss;
  private double weight;

  /** For DL4J's JSON. */
  public WeightedLoss() {}

  /**
   * Weighs a loss.
   *
   * @param weight a positive factor
   */
  public WeightedLoss(ILossFunction loss, double weight) {
    if (!(weight > 0)) {
      throw new IllegalArgumentException("weight is " + weight + ", not positive");
    }
    this.loss = Objects.requireNonNull(loss, "loss");
    this.weight = weight;
  }

  /** What is weighted. */
  public ILossFunction getLoss() {
    return loss;
  }

  /** For DL4J's JSON. */
  public void setLoss(ILossFunction loss) {
    this.loss = loss;
  }

  /** The factor. */
  public double getWeight() {
    return weight;
  }

  /** For DL4J's JSON. */
  public void setWeight(double weight) {
    this.weight = weight;
  }

  @Override
  public double computeScore(
      INDArray labels,
      INDArray preOutput,
      IActivation activationFn,
      INDArray mask,
      boolean average) {
    return weight * loss.computeScore(labels, preOutput, activationFn, mask, average);
  }

  @Override
  public INDArray computeScoreArray(
      INDArray labels, INDArray preOutput, IActivation activationFn, INDArray mask) {
    return loss.computeScoreArray(labels, preOutput, activationFn, mask).mul(weight);
  }

  @Override
  public INDArray computeGradient(
      INDArray labels, INDArray preOutput, IActivation activationFn, INDArray mask) {
    return loss.computeGradient(labels, preOutput, activationFn, mask).muli(weight);
  }

  @Override
  public Pair<Double, INDArray> computeGradientAndScore(
      INDArray labels,
      INDArray preOutput,
      IActivation activationFn,
      INDArray mask,
      boolean average) {
    Pair<Double, INDArray> both =
        loss.computeGradientAndScore(labels, preOutput, activationFn, mask, average);
    return new Pair<>(weight * both.getFirst(), both.getSecond().muli(weight));
  }

  @Override
  public String name() {
    return toString();
  }

  @Override
  public String toString() {
    return "WeightedLoss(" + weight + " * " + loss + ")";
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof WeightedLoss weighted
        && weight == weighted.weight
        && Objects.equals(loss, weighted.loss);
  }

  @Override
  public int hashCode() {
    return Objects.hash(loss, weight);
  }
}
