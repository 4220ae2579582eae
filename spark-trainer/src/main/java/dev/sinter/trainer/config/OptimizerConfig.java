package dev.sinter.trainer.config;

import dev.sinter.trainer.optimizer.OptimizerSettings;
import java.util.List;
import java.util.Map;

/**
 * The keys under {@code optimizer}.
 *
 * @param name {@code sgd}, {@code adam}, {@code adamw}, {@code lamb}, {@code lars} or {@code
 *     rmsprop}
 * @param learningRate peak learning rate
 * @param referenceBatch global batch that it is meant for (linear scaling); 0: for any
 * @param momentum momentum of SGD, LARS and RMSProp
 * @param nesterov Nesterov's form of SGD's momentum
 * @param smoothing decay of RMSProp's mean square
 * @param centered whether RMSProp divides by the deviation from the mean gradient
 * @param trustCoefficient of LARS
 * @param weightDecay L2 penalty (SGD, Adam, LARS, RMSProp) or decoupled decay (AdamW, LAMB); not on
 *     biases and norms
 * @param clipNorm largest global gradient norm; 0: no clipping
 * @param emaDecay share of the moving average of the weights that a step keeps; 0: no average
 * @param schedule how the rate changes over the run
 * @param learningRateFactors by stage, block or vertex, what its rate is multiplied with
 */
public record OptimizerConfig(
    String name,
    double learningRate,
    int referenceBatch,
    double momentum,
    boolean nesterov,
    double smoothing,
    boolean centered,
    double trustCoefficient,
    double weightDecay,
    double clipNorm,
    double emaDecay,
    ScheduleConfig schedule,
    Map<String, Double> learningRateFactors) {
  private static final String RMSPROP = "rmsprop";
  private static final String LARS = "lars";
  private static final String RMSPROP_ALONE = "optimizer.name: rmsprop";
  private static final String LARS_ALONE = "optimizer.name: lars";

  static OptimizerConfig read(ConfigSection section) {
    String name =
        section.oneOf("name", "sgd", List.of("sgd", "adam", "adamw", "lamb", LARS, RMSPROP));
    OptimizerSettings defaults = OptimizerSettings.of(name, 0.01);
    OptimizerConfig optimizer =
        new OptimizerConfig(
            name,
            section.number("learning-rate", defaults.learningRate(), 0, 1000),
            section.integer("reference-batch", 0, 0, 1_000_000_000),
            section.number("momentum", defaults.momentum(), 0, 1),
            section.flag("nesterov", defaults.nesterov()),
            name.equals(RMSPROP)
                ? section.number("smoothing", defaults.smoothing(), 0, 1)
                : section.unused("smoothing", defaults.smoothing(), RMSPROP_ALONE),
            name.equals(RMSPROP)
                ? section.flag("centered", defaults.centered())
                : section.unused("centered", defaults.centered(), RMSPROP_ALONE),
            name.equals(LARS)
                ? section.number("trust-coefficient", defaults.trustCoefficient(), 0, 1000)
                : section.unused("trust-coefficient", defaults.trustCoefficient(), LARS_ALONE),
            section.number("weight-decay", defaults.weightDecay(), 0, 10),
            section.number("clip-norm", defaults.gradientClipNorm(), 0, 1e12),
            section.number("ema-decay", defaults.averageDecay(), 0, 0.999999),
            ScheduleConfig.read(section.section("schedule")),
            section.numbers("learning-rate-factors", 1e-9, 1000));
    section.reportUnknownKeys();
    return optimizer;
  }
}
