package dev.sinter.trainer.engine.libtorch;

import dev.sinter.trainer.engine.ComputePrecision;
import java.util.function.DoubleUnaryOperator;

/**
 * Multiplies the loss before the backward pass and divides the gradient after it, so that small
 * gradients of activations do not vanish in fp16 (Micikevicius et al. 2018, arXiv:1710.03740).
 *
 * <p>Keeps no state between steps, unlike the usual dynamic scaling: a gradient depends on its
 * micro-batch alone, whichever worker computes it.
 *
 * @param first scale to begin with; a power of two, which changes no mantissa
 */
record LossScaling(double first) {
  private static final double FP16_SCALE = 1024;
  private static final double REDUCTION = 16;

  static LossScaling of(ComputePrecision precision) {
    return new LossScaling(precision == ComputePrecision.FP16 ? FP16_SCALE : 1);
  }

  /**
   * Gives the loss. Where the scaled gradient overflowed, it is computed again with a smaller
   * scale, at last without any.
   *
   * @param lossAndGradient computes the loss, and the gradient of the loss times the given scale
   * @param parameters hold the gradient
   */
  double apply(DoubleUnaryOperator lossAndGradient, ParameterTensors parameters) {
    double scale = first;
    double loss = lossAndGradient.applyAsDouble(scale);
    while (scale > 1 && !parameters.divideGradient(scale)) {
      scale = Math.max(1, scale / REDUCTION);
      loss = lossAndGradient.applyAsDouble(scale);
    }
    return loss;
  }
}
