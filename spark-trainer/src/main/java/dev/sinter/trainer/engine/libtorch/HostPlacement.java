package dev.sinter.trainer.engine.libtorch;

import dev.sinter.trainer.engine.FlatVector;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * On the processor: the operations work on the flat vectors and batches themselves, nothing is
 * copied.
 *
 * @param vector the replica's parameters
 */
record HostPlacement(FlatVector vector) implements TensorPlacement {
  @Override
  public TensorOptions options(ScalarType type) {
    return new TensorOptions(type);
  }

  @Override
  public long parameters() {
    return vector.address();
  }

  @Override
  public void refreshParameters() {
    // the operations read the vector
  }

  @Override
  public long gradient(FlatVector gradient) {
    return gradient.address();
  }

  @Override
  public void deliverGradient(FlatVector gradient) {
    // the operations wrote to the vector
  }

  @Override
  public Tensor placed(Tensor host) {
    return host;
  }

  @Override
  public Tensor onHost(Tensor result) {
    return result;
  }

  @Override
  public Generator generator(long seed) {
    return torch.createCPUGenerator(seed);
  }

  @Override
  public void close() {
    // the vectors are the caller's
  }
}
