package dev.sinter.trainer.engine.libtorch;

import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch.MemoryFormat;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * A trained tensor (an autograd leaf) or a running statistic, as a view of the parameter vector.
 * Column-major tensors of DL4J appear with their dimensions reversed.
 */
final class Parameter implements AutoCloseable {
  private static final int IMAGE_KERNEL = 4;

  private final Tensor value;
  private final ScalarType type;
  private final TensorOptional optional;
  private final TensorOptional received = new TensorOptional();
  private Tensor working;

  Parameter(Tensor value) {
    this.value = value;
    this.type = value.scalar_type().intern();
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

  /**
   * The value in another number format: a copy that is made once per pass, and a leaf itself, so
   * that its gradient reaches the vector in one step.
   */
  @SuppressWarnings("try")
  Tensor in(ScalarType other) {
    if (other == type) {
      return value;
    }
    if (working == null) {
      try (AutoGradMode notRecording = new AutoGradMode(false)) {
        working = laidOut(value.to(other));
        working.retainReference();
      }
      working.set_requires_grad(value.requires_grad());
    }
    return working;
  }

  /** Kernels of images as convolutions want them: else forward and backward would both convert. */
  private static Tensor laidOut(Tensor copy) {
    return copy.dim() == IMAGE_KERNEL ? copy.contiguous(MemoryFormat.ChannelsLast) : copy;
  }

  /**
   * Where the next pass leaves, of a trained tensor its gradient, of a running statistic this
   * batch's.
   */
  TensorOptional received() {
    return received;
  }

  void receiveInto(Tensor view) {
    received.put(view);
  }

  /** Brings the gradient of the last pass to its place; zeros if the loss does not depend on it. */
  void deliverGradient() {
    Tensor place = received.get();
    Tensor own = value.grad();
    Tensor ofWorking = working == null ? own : working.grad();
    if (ofWorking.defined()) {
      // Into the vector's order first: changing order and number format at once is slow.
      place.copy_(ofWorking.contiguous());
    } else {
      place.zero_();
    }
    if (working != null && own.defined()) {
      place.add_(own);
    }
  }

  /** Forgets what belongs to one pass. */
  void endPass() {
    value.mutable_grad().reset();
    if (working != null) {
      working.releaseReference();
      working = null;
    }
  }

  @Override
  public void close() {
    endPass();
    received.releaseReference();
    optional.releaseReference();
    value.releaseReference();
  }
}
