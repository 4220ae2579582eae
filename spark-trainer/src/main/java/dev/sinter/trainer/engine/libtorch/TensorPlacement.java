package dev.sinter.trainer.engine.libtorch;

import dev.sinter.trainer.engine.FlatVector;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Where a replica's tensors lie, given that its flat vectors are in host memory. On the processor
 * that is the vectors themselves.
 */
interface TensorPlacement extends AutoCloseable {
  /** For tensors beside the parameters. */
  TensorOptions options(ScalarType type);

  /** Address of the flat parameters that the operations read; the same for the replica's life. */
  long parameters();

  /** Lets the operations see what the parameter vector holds now. */
  void refreshParameters();

  /** Address of the flat vector that the backward pass leaves its results in. */
  long gradient(FlatVector gradient);

  /** Brings what the backward pass left to the vector. */
  void deliverGradient(FlatVector gradient);

  /** Values of a host tensor beside the parameters; the host tensor itself where that is there. */
  Tensor placed(Tensor host);

  /** Values of a contiguous tensor in host memory, valid until the next call. */
  Tensor onHost(Tensor result);

  /** A source of random numbers for the operations. */
  Generator generator(long seed);

  @Override
  void close();
}
