package dev.sinter.trainer.engine.libtorch;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;

/**
 * A trained tensor (an autograd leaf) or a running statistic, as a view of the parameter vector.
 * Column-major tensors of DL4J appear with their dimensions reversed.
 */
final class Parameter implements AutoCloseable {
  private final Tensor value;
  private final TensorOptional optional;
  private final TensorOptional received = new TensorOptional();

  Parameter(Tensor value) {
    this.value = value;
    this.optional = new TensorOptional(value);
    // Outlive the scope in which they are made.
    value.retainReference();
    optional.retainReference();
    received.retainReference();
  }

  Tensor value() {
    return value;
  }

  /** The value where libtorch takes an optional tensor. */
  TensorOptional optional() {
    return optional;
  }

  /** For a running statistic: where this batch's statistic goes, within the gradient vector. */
  TensorOptional received() {
    return received;
  }

  void receiveInto(Tensor view) {
    received.put(view);
  }

  @Override
  public void close() {
    received.releaseReference();
    optional.releaseReference();
    value.releaseReference();
  }
}
