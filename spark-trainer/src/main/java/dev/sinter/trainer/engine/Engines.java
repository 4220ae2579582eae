package dev.sinter.trainer.engine;

import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import dev.sinter.trainer.engine.libtorch.InstalledDevices;
import dev.sinter.trainer.engine.libtorch.LibtorchEngine;
import dev.sinter.trainer.engine.libtorch.TensorDevices;
import dev.sinter.trainer.engine.nd4j.Nd4jEngine;

/** Makes engines; to be called within the process that trains. */
public final class Engines {
  private Engines() {}

  /** Makes the engine that the settings name, on this machine's devices. */
  public static Engine byName(EngineSettings settings) {
    return byName(settings, InstalledDevices.INSTANCE);
  }

  /**
   * Makes the engine that the settings name.
   *
   * @throws SinterException {@code ENGINE_UNKNOWN} for another name, {@code
   *     ENGINE_PRECISION_NOT_SUPPORTED} where the engine lacks the precision, and whatever {@link
   *     DeviceRequirements} refuse
   */
  public static Engine byName(EngineSettings settings, TensorDevices devices) {
    DeviceRequirements.require(settings, devices.cuda());
    PrecisionSupport.require(settings);
    return switch (settings.name()) {
      case LibtorchEngine.NAME -> new LibtorchEngine(settings, devices);
      case Nd4jEngine.NAME -> new Nd4jEngine(settings);
      default ->
          throw new SinterException(
              ErrorCategory.USAGE,
              "ENGINE_UNKNOWN",
              "no engine is called " + settings.name(),
              "engine.name is libtorch or nd4j");
    };
  }
}
