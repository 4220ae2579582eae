package dev.sinter.trainer.engine.libtorch;

import dev.sinter.trainer.engine.Engine;
import dev.sinter.trainer.engine.EngineSettings;
import dev.sinter.trainer.engine.FlatVector;
import dev.sinter.trainer.engine.NativeLibraries;
import dev.sinter.trainer.engine.Network;
import dev.sinter.trainer.engine.Replica;

/** Translates a DL4J configuration to libtorch operations, once per replica. */
public final class LibtorchEngine implements Engine {
  /** The value of {@code engine.name}. */
  public static final String NAME = "libtorch";

  private final EngineSettings settings;
  private final TensorDevices devices;

  /** Makes an engine for this process. */
  public LibtorchEngine(EngineSettings settings, TensorDevices devices) {
    this.settings = settings;
    this.devices = devices;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Replica createReplica(Network network, FlatVector parameters) {
    NativeLibraries.load("org.bytedeco.pytorch.global.torch");
    return new LibtorchReplica(network, parameters, place(parameters), settings);
  }

  private TensorPlacement place(FlatVector parameters) {
    return settings.device().isCuda()
        ? new DevicePlacement(devices.open(settings.device(), settings.determinism()), parameters)
        : new HostPlacement(parameters);
  }
}
