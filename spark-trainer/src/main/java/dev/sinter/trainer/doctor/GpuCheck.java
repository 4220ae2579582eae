package dev.sinter.trainer.doctor;

import dev.sinter.trainer.config.RunConfig;
import dev.sinter.trainer.engine.EngineSettings;
import dev.sinter.trainer.engine.Engines;
import dev.sinter.trainer.engine.device.ComputeDevice;
import dev.sinter.trainer.engine.device.CudaDevice;
import dev.sinter.trainer.engine.device.NvidiaSmi;
import dev.sinter.trainer.engine.device.SparkDevices;
import dev.sinter.trainer.engine.libtorch.LibtorchEngine;
import dev.sinter.trainer.engine.libtorch.TensorDevices;
import dev.sinter.trainer.training.TrainingSettings;
import java.util.List;
import org.apache.spark.TaskContext;

/** GPUs that Spark assigns, and whether the engine computes on them. */
final class GpuCheck implements Check {
  @Override
  public String name() {
    return "gpus";
  }

  @Override
  public List<Finding> examine(Site site) {
    SparkDevices.requireUsable(site.conf());
    if (!SparkDevices.requested(site.conf())) {
      return List.of(notRequested(site));
    }
    site.run().ifPresent(run -> SparkDevices.requireEnough(site.conf(), run.cluster().workers()));
    EngineSettings engine =
        site.run()
            .map((RunConfig run) -> TrainingSettings.engine(run))
            .orElse(EngineSettings.of(LibtorchEngine.NAME));
    TensorDevices devices = site.devices();
    return List.of(
        Finding.ok(
            name(),
            String.join("; ", Site.values(site.ask(() -> assigned(engine, devices))))
                + " for engine "
                + engine.name()));
  }

  private Finding notRequested(Site site) {
    for (Answer<String> answer : site.ask(GpuCheck::present)) {
      if (!answer.value().isEmpty()) {
        return Finding.warning(
            name(),
            answer.value() + " on " + answer.who() + " is not used",
            "spark.task.resource.gpu.amount=1 and spark.executor.resource.gpu.amount, see"
                + " docs/how-to/use-gpus.md");
      }
    }
    return Finding.ok(name(), "none asked for: workers compute on processors");
  }

  private static String present() {
    return NvidiaSmi.device(0).map(CudaDevice::name).orElse("");
  }

  /** What a worker does first: takes the device that Spark gave the task, or is refused. */
  private static String assigned(EngineSettings engine, TensorDevices devices) {
    ComputeDevice device = SparkDevices.ofTask(TaskContext.get());
    Engines.byName(engine.on(device), devices);
    return devices
        .cuda()
        .device(device.index())
        .map(
            facts ->
                facts.name()
                    + " ("
                    + facts.capability()
                    + ", "
                    + Wording.bytes(facts.freeBytes())
                    + " free)")
        .orElse(device.toString());
  }
}
