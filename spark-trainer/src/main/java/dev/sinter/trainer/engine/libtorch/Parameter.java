package dev.sinter.trainer.engine.libtorch;

import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch.MemoryFormat;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * A trained tensor (an autograd leaf) or a running statistic, as a view of the parameter vector.
 * Column-major tensors of DL4J appear with their dimensions reversed.
 *
 * <p>Layers that compute in 16 bits use a working copy, an autograd leaf of its own that is made
 * once and follows the vector.
 */
final class Parameter implements AutoCloseable {
  private static final int IMAGE_KERNEL = 4;

  private final Tensor value;
  private final TensorOptional optional;
  private final TensorOptional received = new TensorOptional();
  private Tensor copy;
  private TensorOptional optionalCopy;
  private boolean copyIsOld;

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

  /** The value in a number format. */
  Tensor in(ScalarType type) {
    if (value.scalar_type().intern() == type.intern()) {
      return value;
    }
    followValue(type);
    return copy;
  }

  /** The value in a number format, where libtorch takes an optional tensor. */
  TensorOptional optionalIn(ScalarType type) {
    if (value.scalar_type().intern() == type.intern()) {
      return optional;
    }
    followValue(type);
    return optionalCopy;
  }

  @SuppressWarnings("try")
  private void followValue(ScalarType type) {
    if (copy != null && !copyIsOld) {
      return;
    }
    try (AutoGradMode notRecording = new AutoGradMode(false)) {
      if (copy == null) {
        copy = laidOut(value.to(type)).set_requires_grad(value.requires_grad());
        copy.retainReference();
        optionalCopy = new TensorOptional(copy);
        optionalCopy.retainReference();
      } else {
        // In two passes: one that changes order and format at once takes twice the time.
        Tensor converted = value.to(type);
        copy.copy_(converted);
        converted.close();
      }
    }
    copyIsOld = false;
  }

  /** Kernels of images as convolutions want them: transposed ones are slow in another order. */
  private static Tensor laidOut(Tensor tensor) {
    return tensor.dim() == IMAGE_KERNEL ? tensor.contiguous(MemoryFormat.ChannelsLast) : tensor;
  }

  /** The value is another one: a working copy has to follow it. */
  void changed() {
    copyIsOld = true;
  }

  /** For a running statistic: where this batch's statistic goes, within the gradient vector. */
  TensorOptional received() {
    return received;
  }

  void receiveInto(Tensor view) {
    received.put(view);
  }

  /** Before a backward pass: gradients are added to what is there, but those of a working copy. */
  void clearGradient() {
    if (received.has_value()) {
      received.get().zero_();
    } else if (copy == null || !copy.requires_grad()) {
      value.mutable_grad().zero_();
    }
  }

  /** Moves the gradient of a working copy to where the value's is expected. */
  void deliverGradient() {
    if (copy == null) {
      return;
    }
    Tensor gradient = copy.mutable_grad();
    if (gradient.defined()) {
      value.mutable_grad().copy_(gradient);
      gradient.reset();
    }
  }

  @Override
  public void close() {
    if (copy != null) {
      optionalCopy.releaseReference();
      copy.releaseReference();
    }
    received.releaseReference();
    optional.releaseReference();
    value.releaseReference();
  }
}
