package dev.sinter.trainer.engine.nd4j;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.shape.Shape;

/** The memory layout for which ND4J's operations are fast. */
final class Contiguous {
  private Contiguous() {}

  /** The array itself where it is in C order without gaps, else a copy that is. */
  static INDArray of(INDArray array) {
    return array.ordering() == 'c' && Shape.hasDefaultStridesForShape(array)
        ? array
        : array.dup('c');
  }
}
