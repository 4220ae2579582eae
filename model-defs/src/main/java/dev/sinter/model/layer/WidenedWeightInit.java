package dev.sinter.model.layer;

import java.util.Arrays;
import java.util.Objects;
import org.deeplearning4j.nn.weights.IWeightInit;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.INDArrayIndex;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Weights of a layer that got further inputs: those of its first inputs begin as they would have,
 * those of the further ones at zero, so that the layer computes what it did.
 */
public final class WidenedWeightInit implements IWeightInit {
  private static final long serialVersionUID = 1L;

  private IWeightInit first;
  private long firstInputs;
  private int inputDimension;

  /** For DL4J's JSON. */
  public WidenedWeightInit() {}

  /**
   * Widens.
   *
   * @param first initialises the weights of the first inputs
   * @param firstInputs how many they are
   * @param inputDimension which dimension of the weights counts inputs
   */
  public WidenedWeightInit(IWeightInit first, long firstInputs, int inputDimension) {
    this.first = first;
    this.firstInputs = firstInputs;
    this.inputDimension = inputDimension;
  }

  /** Whether the layer had so many inputs before it got further ones, once or several times. */
  public boolean began(long inputs) {
    return firstInputs == inputs
        || (first instanceof WidenedWeightInit earlier && earlier.began(inputs));
  }

  @Override
  public INDArray init(double fanIn, double fanOut, long[] shape, char order, INDArray parameters) {
    INDArray weights = first.init(fanIn, fanOut, shape, order, parameters);
    INDArrayIndex[] further = new INDArrayIndex[shape.length];
    Arrays.fill(further, NDArrayIndex.all());
    further[inputDimension] = NDArrayIndex.interval(firstInputs, shape[inputDimension]);
    weights.get(further).assign(0);
    return weights;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof WidenedWeightInit init
        && Objects.equals(first, init.first)
        && firstInputs == init.firstInputs
        && inputDimension == init.inputDimension;
  }

  @Override
  public int hashCode() {
    return Objects.hash(first, firstInputs, inputDimension);
  }
}
