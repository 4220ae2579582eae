package dev.sinter.trainer.engine;

import java.util.Arrays;
import java.util.Locale;

/**
 * Number format of an engine's matrix products, as in {@code engine.precision}.
 *
 * <p>Parameters, gradients, batch statistics and the loss are 32-bit floats in either case.
 */
public enum ComputePrecision {
  /** 32-bit floats throughout. */
  FP32,
  /** Activations and working copies of the weights as bfloat16, sums in 32 bits. */
  BF16,
  /**
   * Activations and working copies of the weights as 16-bit IEEE 754 floats. The loss is scaled, so
   * that small gradients do not vanish.
   */
  FP16;

  /** The name in the configuration: {@code fp32}, {@code bf16}, {@code fp16}. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * Finds a precision by its key.
   *
   * @throws IllegalArgumentException for another key
   */
  public static ComputePrecision byKey(String key) {
    return Arrays.stream(values())
        .filter(precision -> precision.key().equals(key))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("not fp32, bf16 or fp16: " + key));
  }
}
