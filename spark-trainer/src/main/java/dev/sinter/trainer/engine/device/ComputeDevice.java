package dev.sinter.trainer.engine.device;

import java.io.Serializable;
import java.util.Objects;

/**
 * What an engine computes on.
 *
 * @param kind processor or GPU
 * @param index CUDA's number of the GPU within this process; 0 for the processor
 */
public record ComputeDevice(Kind kind, int index) implements Serializable {
  /** The processor. */
  public static final ComputeDevice CPU = new ComputeDevice(Kind.CPU, 0);

  /** Kinds of devices. */
  public enum Kind {
    /** The processor, with the lane's threads. */
    CPU,
    /** An NVIDIA GPU. */
    CUDA
  }

  /** Checks the values. */
  public ComputeDevice {
    Objects.requireNonNull(kind, "kind");
    if (index < 0 || index > Byte.MAX_VALUE || (kind == Kind.CPU && index != 0)) {
      throw new IllegalArgumentException("no device " + kind + " " + index);
    }
  }

  /** A GPU by CUDA's number, 0 to 127. */
  public static ComputeDevice cuda(int index) {
    return new ComputeDevice(Kind.CUDA, index);
  }

  /** Whether it is a GPU. */
  public boolean isCuda() {
    return kind == Kind.CUDA;
  }

  /** {@code cpu} or {@code cuda:0}. */
  @Override
  public String toString() {
    return kind == Kind.CPU ? "cpu" : "cuda:" + index;
  }
}
