package dev.sinter.model;

import java.io.Serializable;
import java.util.Arrays;

/**
 * One tensor within the flat parameter vector.
 *
 * @param vertex the vertex that owns it
 * @param key DL4J's name within the layer: {@code W}, {@code b}, {@code gamma}, {@code beta},
 *     {@code mean}, {@code var}
 * @param offset first float in the flat vector
 * @param shape DL4J's shape
 * @param order {@code 'c'} (row major) or {@code 'f'} (column major)
 * @param role trained, or a running statistic
 */
public record ParameterTensor(
    String vertex, String key, long offset, long[] shape, char order, Role role)
    implements Serializable {

  /** What becomes of a tensor in a training step. */
  public enum Role {
    /** Updated by the optimizer. */
    TRAINABLE,
    /** Running mean of a batch normalisation. */
    RUNNING_MEAN,
    /** Running variance of a batch normalisation. */
    RUNNING_VARIANCE
  }

  /** Copies the shape. */
  public ParameterTensor {
    shape = shape.clone();
  }

  @Override
  public long[] shape() {
    return shape.clone();
  }

  /** Whether an optimizer updates it. */
  public boolean isTrained() {
    return role == Role.TRAINABLE;
  }

  /** Number of floats. */
  public long length() {
    return Arrays.stream(shape).reduce(1, (a, b) -> a * b);
  }

  /** {@code vertex/key}, as shown to users. */
  public String name() {
    return vertex + "/" + key;
  }
}
