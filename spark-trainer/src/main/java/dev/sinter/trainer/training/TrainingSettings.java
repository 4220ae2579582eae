package dev.sinter.trainer.training;

import dev.sinter.dataset.DatasetManifest;
import dev.sinter.model.ModelSpec;
import dev.sinter.trainer.config.EngineConfig;
import dev.sinter.trainer.config.OptimizerConfig;
import dev.sinter.trainer.config.RunConfig;
import dev.sinter.trainer.config.ScheduleConfig;
import dev.sinter.trainer.config.TrainConfig.AugmentConfig;
import dev.sinter.trainer.data.Augmentation;
import dev.sinter.trainer.data.LanePlan;
import dev.sinter.trainer.data.SampleCache;
import dev.sinter.trainer.data.SampleOrder;
import dev.sinter.trainer.engine.ActivationMemory;
import dev.sinter.trainer.engine.ComputePrecision;
import dev.sinter.trainer.engine.EngineSettings;
import dev.sinter.trainer.engine.device.ComputeDevice;
import dev.sinter.trainer.optimizer.Course;
import dev.sinter.trainer.optimizer.LearningRateSchedule;
import dev.sinter.trainer.optimizer.OptimizerSettings;
import dev.sinter.trainer.sync.Compression;
import dev.sinter.trainer.sync.SyncSettings;

/** Turns configuration groups into the settings of the parts. */
public final class TrainingSettings {
  private TrainingSettings() {}

  /** The network of a run over a dataset. */
  public static ModelSpec model(RunConfig run, DatasetManifest dataset) {
    return new ModelSpec(
            run.model().name(),
            dataset.inputShape(),
            dataset.classes().size(),
            run.train().loss(),
            run.model().options(),
            run.train().seed())
        .withSkips(run.model().skips());
  }

  /**
   * The engine of a run, on the processor. A precision that the workers have not settled is fp32:
   * so evaluation and prediction compute in full.
   */
  public static EngineSettings engine(RunConfig run) {
    return new EngineSettings(
        run.engine().name(),
        run.engine().precision().equals(EngineConfig.AUTO)
            ? ComputePrecision.FP32
            : ComputePrecision.byKey(run.engine().precision()),
        run.engine().threadsPerLane(),
        run.engine().deterministic()
            ? EngineSettings.Determinism.DETERMINISTIC
            : EngineSettings.Determinism.FASTEST,
        run.engine().activationCheckpointing() ? ActivationMemory.RECOMPUTE : ActivationMemory.KEEP,
        ComputeDevice.CPU);
  }

  static OptimizerSettings optimizer(OptimizerConfig config) {
    OptimizerSettings defaults = OptimizerSettings.of(config.name(), config.learningRate());
    return new OptimizerSettings(
        config.name(),
        config.learningRate(),
        config.momentum(),
        config.nesterov(),
        defaults.beta1(),
        defaults.beta2(),
        defaults.epsilon(),
        config.smoothing(),
        config.centered(),
        config.trustCoefficient(),
        config.weightDecay(),
        config.clipNorm(),
        config.emaDecay());
  }

  static SyncSettings sync(RunConfig run, int stepsPerEpoch, int threads) {
    Compression compression =
        new Compression(
            Compression.Kind.byKey(run.sync().compression()),
            run.sync().compressionDensity(),
            Math.round(run.sync().compressionWarmUpEpochs() * stepsPerEpoch));
    return new SyncSettings(
        run.sync().strategy(), compression, run.sync().averageEverySteps(), stepsPerEpoch, threads);
  }

  static LearningRateSchedule schedule(RunConfig run, int stepsPerEpoch) {
    ScheduleConfig schedule = run.optimizer().schedule();
    return new LearningRateSchedule(
        peakRate(run),
        Math.round(schedule.warmUpEpochs() * stepsPerEpoch),
        switch (schedule.name()) {
          case "step" ->
              new Course.Step(
                  Math.max(1, Math.round(schedule.stepEpochs() * stepsPerEpoch)),
                  schedule.factor(),
                  schedule.floor());
          case "cosine" -> new Course.Cosine(schedule.floor());
          case "polynomial" -> new Course.Polynomial(schedule.power(), schedule.floor());
          case "one-cycle" ->
              new Course.OneCycle(schedule.start(), schedule.rise(), schedule.floor());
          default -> new Course.Constant();
        });
  }

  /** With a reference batch, in proportion to the global batch (Goyal et al., 2017). */
  private static double peakRate(RunConfig run) {
    double rate = run.optimizer().learningRate();
    int reference = run.optimizer().referenceBatch();
    long globalBatch = (long) run.train().lanes() * run.train().microBatchSize();
    return reference == 0 ? rate : rate * globalBatch / reference;
  }

  /** The order of a run's samples; a cache holds those of the lanes that are asked for. */
  static SampleOrder order(RunConfig run, LanePlan lanes, SampleCache samples) {
    return run.train().classBalanced()
        ? SampleOrder.balanced(lanes, run.train().seed(), samples::stratum)
        : new SampleOrder(lanes, run.train().seed());
  }

  static Augmentation augmentation(AugmentConfig config) {
    return new Augmentation(
        config.flipHorizontal() ? 0.5f : 0,
        config.flipVertical() ? 0.5f : 0,
        (float) config.rotateDegrees(),
        config.cropPixels(),
        (float) (1 - config.scale()),
        (float) (1 + config.scale()),
        (float) config.brightness(),
        (float) config.contrast(),
        config.flipDepth() ? 0.5f : 0,
        config.quarterTurns() ? 0.75f : 0,
        (float) config.elastic(),
        (float) config.gamma(),
        (float) config.noise(),
        (float) config.cutout(),
        (float) config.mixup());
  }
}
