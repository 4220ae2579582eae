package dev.sinter.model.layer;

import org.deeplearning4j.nn.weights.IWeightInit;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Weights with which a transposed convolution of as many outputs as inputs begins by repeating each
 * value over its window: {@code (inputs, outputs, height, width)}.
 */
public final class UpsamplingWeightInit implements IWeightInit {
  private static final long serialVersionUID = 1L;

  @Override
  public INDArray init(double fanIn, double fanOut, long[] shape, char order, INDArray parameters) {
    parameters.assign(0);
    INDArray weights = parameters.reshape(order, shape);
    for (long channel = 0; channel < Math.min(shape[0], shape[1]); channel++) {
      weights.slice(channel).slice(channel).assign(1);
    }
    return weights;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof UpsamplingWeightInit;
  }

  @Override
  public int hashCode() {
    return UpsamplingWeightInit.class.hashCode();
  }
}
