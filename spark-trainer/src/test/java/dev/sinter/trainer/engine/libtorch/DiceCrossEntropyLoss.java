package dev.sinter.trainer.engine.libtorch;

import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.lossfunctions.ILossFunction;

/** Stands for the loss of that name, so that an engine which computes it itself can be tested. */
public final class DiceCrossEntropyLoss implements ILossFunction {
  @Override
  public double computeScore(
      INDArray labels, INDArray output, IActivation activation, INDArray mask, boolean average) {
    throw new UnsupportedOperationException();
  }

  @Override
  public INDArray computeScoreArray(
      INDArray labels, INDArray output, IActivation activation, INDArray mask) {
    throw new UnsupportedOperationException();
  }

  @Override
  public INDArray computeGradient(
      INDArray labels, INDArray output, IActivation activation, INDArray mask) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Pair<Double, INDArray> computeGradientAndScore(
      INDArray labels, INDArray output, IActivation activation, INDArray mask, boolean average) {
    throw new UnsupportedOperationException();
  }

  @Override
  public String name() {
    return "dice-cross-entropy";
  }
}
