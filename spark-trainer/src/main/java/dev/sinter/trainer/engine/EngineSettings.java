package dev.sinter.trainer.engine;

import dev.sinter.trainer.engine.device.ComputeDevice;
import java.io.Serializable;
import java.util.Objects;

/**
 * Names an engine; sent to the executors, which make their own engine from it, on the device that
 * their task was given.
 *
 * @param name {@code libtorch} or {@code nd4j}
 * @param precision number format of the matrix products
 * @param threadsPerLane OpenMP threads of one replica; part of the result's bits, hence fixed for a
 *     run
 * @param determinism whether operations without a fixed order of summation are refused
 * @param activationMemory whether activations are kept for the backward pass
 * @param device what it computes on
 */
public record EngineSettings(
    String name,
    ComputePrecision precision,
    int threadsPerLane,
    Determinism determinism,
    ActivationMemory activationMemory,
    ComputeDevice device)
    implements Serializable {

  /** As in {@code engine.deterministic}. CPU operations are deterministic in either case. */
  public enum Determinism {
    /** The fastest operation. */
    FASTEST,
    /** Only operations that give the same bits every time. */
    DETERMINISTIC
  }

  /** Checks the values. */
  public EngineSettings {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(precision, "precision");
    Objects.requireNonNull(determinism, "determinism");
    Objects.requireNonNull(activationMemory, "activationMemory");
    Objects.requireNonNull(device, "device");
    if (threadsPerLane < 1) {
      throw new IllegalArgumentException("threadsPerLane is " + threadsPerLane + ", not positive");
    }
  }

  /** On the processor, keeping activations. */
  public EngineSettings(
      String name, ComputePrecision precision, int threadsPerLane, Determinism determinism) {
    this(name, precision, threadsPerLane, determinism, ActivationMemory.KEEP, ComputeDevice.CPU);
  }

  /** The same on another device. */
  public EngineSettings on(ComputeDevice other) {
    return new EngineSettings(
        name, precision, threadsPerLane, determinism, activationMemory, other);
  }

  /** The same with another use of activation memory. */
  public EngineSettings with(ActivationMemory other) {
    return new EngineSettings(name, precision, threadsPerLane, determinism, other, device);
  }

  /** The same in another number format. */
  public EngineSettings with(ComputePrecision other) {
    return new EngineSettings(name, other, threadsPerLane, determinism, activationMemory, device);
  }

  /** One thread, fp32, as fast as possible: the defaults of {@code engine}. */
  public static EngineSettings of(String name) {
    return new EngineSettings(name, ComputePrecision.FP32, 1, Determinism.FASTEST);
  }
}
