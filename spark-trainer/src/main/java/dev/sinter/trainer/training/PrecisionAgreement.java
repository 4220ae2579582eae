package dev.sinter.trainer.training;

import dev.sinter.trainer.config.EngineConfig;
import dev.sinter.trainer.config.RunConfig;
import dev.sinter.trainer.engine.ComputePrecision;
import dev.sinter.trainer.engine.PrecisionSupport;
import dev.sinter.trainer.engine.Processor;
import dev.sinter.trainer.engine.device.ComputeDevice;
import dev.sinter.trainer.engine.device.CudaRuntime;
import dev.sinter.trainer.sync.Exchange;
import java.util.List;

/**
 * Settles what {@code engine.precision: auto} stands for: the fastest format that every worker has,
 * since all have to compute in the same.
 */
final class PrecisionAgreement {
  private PrecisionAgreement() {}

  /** The run with its precision settled; called by all workers. */
  static RunConfig settle(
      RunConfig run, ComputeDevice device, CudaRuntime cuda, Exchange exchange) {
    if (!run.engine().precision().equals(EngineConfig.AUTO)) {
      return run;
    }
    ComputePrecision mine =
        PrecisionSupport.fastest(run.engine().name(), device, Processor.current(), cuda);
    List<ComputePrecision> all =
        Gathering.toAll(
            exchange,
            0,
            "precision",
            ComputePrecision.class,
            mine,
            Patience.seconds(run.cluster()));
    return run.withPrecision(common(all).key());
  }

  /** What all have in common. */
  static ComputePrecision common(List<ComputePrecision> all) {
    return all.stream().distinct().count() == 1 ? all.get(0) : ComputePrecision.FP32;
  }
}
