package dev.sinter.trainer.engine.libtorch;

import dev.sinter.trainer.engine.ComputePrecision;
import dev.sinter.trainer.engine.Engine;
import dev.sinter.trainer.engine.EngineSettings;
import dev.sinter.trainer.engine.FlatVector;
import dev.sinter.trainer.engine.Network;
import dev.sinter.trainer.engine.Replica;

/** Translates a DL4J configuration to libtorch operations, once per replica. */
public final class LibtorchEngine implements Engine {
  /** The value of {@code engine.name}. */
  public static final String NAME = "libtorch";

  private final ComputePrecision precision;
  private final int threadsPerLane;

  /** Makes an engine for this process. */
  public LibtorchEngine(EngineSettings settings) {
    this.precision = settings.precision();
    this.threadsPerLane = settings.threadsPerLane();
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Replica createReplica(Network network, FlatVector parameters) {
    return new LibtorchReplica(network, parameters, precision, threadsPerLane);
  }
}
