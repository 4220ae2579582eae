package dev.sinter.trainer.config;

import java.util.List;

/**
 * The keys under {@code optimizer}.
 *
 * @param name {@code sgd}, {@code adam} or {@code adamw}
 * @param learningRate peak learning rate
 * @param momentum momentum of SGD
 * @param nesterov Nesterov's form of the momentum
 * @param weightDecay L2 penalty (SGD, Adam) or decoupled decay (AdamW); not on biases and norms
 * @param clipNorm largest global gradient norm; 0: no clipping
 * @param schedule how the rate changes over the run
 */
public record OptimizerConfig(
    String name,
    double learningRate,
    double momentum,
    boolean nesterov,
    double weightDecay,
    double clipNorm,
    ScheduleConfig schedule) {

  /**
   * The keys under {@code optimizer.schedule}.
   *
   * @param name {@code constant} or {@code cosine}
   * @param warmUpEpochs epochs of linear warm-up
   * @param floor share of the rate that a cosine ends at
   */
  public record ScheduleConfig(String name, double warmUpEpochs, double floor) {
    static ScheduleConfig read(ConfigSection section) {
      ScheduleConfig schedule =
          new ScheduleConfig(
              section.oneOf("name", "cosine", List.of("constant", "cosine")),
              section.number("warm-up-epochs", 0, 0, 1_000_000),
              section.number("floor", 0, 0, 1));
      section.reportUnknownKeys();
      return schedule;
    }
  }

  static OptimizerConfig read(ConfigSection section) {
    OptimizerConfig optimizer =
        new OptimizerConfig(
            section.oneOf("name", "sgd", List.of("sgd", "adam", "adamw")),
            section.number("learning-rate", 0.01, 0, 1000),
            section.number("momentum", 0.9, 0, 1),
            section.flag("nesterov", true),
            section.number("weight-decay", 0, 0, 10),
            section.number("clip-norm", 0, 0, 1e12),
            ScheduleConfig.read(section.section("schedule")));
    section.reportUnknownKeys();
    return optimizer;
  }
}
