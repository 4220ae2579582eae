package dev.sinter.trainer.engine.nd4j;

import dev.sinter.error.ErrorCategory;
import dev.sinter.error.SinterException;
import dev.sinter.trainer.engine.ComputePrecision;
import dev.sinter.trainer.engine.Engine;
import dev.sinter.trainer.engine.EngineSettings;
import dev.sinter.trainer.engine.FlatVector;
import dev.sinter.trainer.engine.Network;
import dev.sinter.trainer.engine.Replica;
import dev.sinter.trainer.engine.device.ComputeDevice;
import org.nd4j.nativeblas.NativeOpsHolder;

/**
 * DL4J's own graph, its slow layers on ND4J's operations. ND4J's thread count belongs to the
 * process, in which all lanes have the same.
 */
public final class Nd4jEngine implements Engine {
  /** The value of {@code engine.name}. */
  public static final String NAME = "nd4j";

  private final ComputeDevice device;

  /**
   * Makes an engine for this process.
   *
   * @throws SinterException {@code ENGINE_PRECISION_NOT_SUPPORTED} for another precision than fp32,
   *     {@code ND4J_BACKEND_MISMATCH} or {@code GPU_NOT_FOUND} for a device that ND4J has not
   */
  public Nd4jEngine(EngineSettings settings) {
    if (settings.precision() != ComputePrecision.FP32) {
      throw new SinterException(
          ErrorCategory.USAGE,
          "ENGINE_PRECISION_NOT_SUPPORTED",
          "the nd4j engine has no precision " + settings.precision().key(),
          "set engine.precision: fp32, or engine.name: libtorch");
    }
    this.device = settings.device();
    Nd4jDevices.require(device); // also loads ND4J, which its native operations alone would not
    setThreads(settings.threadsPerLane());
  }

  private static void setThreads(int threads) {
    NativeOpsHolder.getInstance().getDeviceNativeOps().setOmpNumThreads(threads);
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Replica createReplica(Network network, FlatVector parameters) {
    Nd4jDevices.use(device);
    return new Nd4jReplica(network, parameters);
  }
}
