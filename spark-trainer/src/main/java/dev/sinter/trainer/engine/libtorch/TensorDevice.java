package dev.sinter.trainer.engine.libtorch;

import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * A device with memory of its own, as one replica uses it: where tensors are made and how values
 * get there and back. Copies are asynchronous and keep their order with the computations.
 */
public interface TensorDevice extends AutoCloseable {
  /** For tensors in the device's memory. */
  TensorOptions options(ScalarType type);

  /** For tensors in host memory that the device reads and writes by itself (pinned). */
  TensorOptions stagingOptions(ScalarType type);

  /** Begins a copy from staging memory, which must not change before {@link #awaitCopies}. */
  void copyToDevice(Tensor device, Tensor staging);

  /** Begins a copy to staging memory, which holds the values after {@link #awaitCopies}. */
  void copyToHost(Tensor staging, Tensor device);

  /** Waits until everything that was begun is done. */
  void awaitCopies();

  /** A source of random numbers for computations on the device. */
  Generator generator(long seed);

  @Override
  void close();
}
