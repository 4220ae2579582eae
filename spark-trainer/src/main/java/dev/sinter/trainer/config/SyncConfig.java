package dev.sinter.trainer.config;

import java.util.List;

/**
 * The keys under {@code sync}.
 *
 * @param strategy {@code gradient-sharing}, {@code parameter-averaging}, or one of DL4J's own with
 *     {@code dl4j-} before it
 * @param compression {@code none}, {@code fp16}, {@code bf16}, {@code threshold} or {@code top-k}
 * @param compressionDensity share of the parameters in a sparse message
 * @param compressionWarmUpEpochs epochs over which messages become that sparse
 * @param averageEverySteps steps between two averagings
 */
public record SyncConfig(
    String strategy,
    String compression,
    double compressionDensity,
    double compressionWarmUpEpochs,
    int averageEverySteps) {
  /** Of {@code sync.compression-density}. */
  public static final double DEFAULT_DENSITY = 0.01;

  private static final List<String> SPARSE = List.of("threshold", "top-k");

  /** What sparse messages are known to train with: rules that update each parameter by itself. */
  private static final List<String> ELEMENTWISE = List.of("adam", "adamw", "sgd");

  static SyncConfig read(ConfigSection section, String optimizer) {
    SyncConfig sync =
        new SyncConfig(
            section.oneOf(
                "strategy",
                "gradient-sharing",
                List.of(
                    "gradient-sharing",
                    "parameter-averaging",
                    "dl4j-gradient-sharing",
                    "dl4j-parameter-averaging")),
            section.oneOf(
                "compression", "none", List.of("none", "fp16", "bf16", "threshold", "top-k")),
            section.number("compression-density", DEFAULT_DENSITY, 1e-6, 1),
            section.number("compression-warm-up-epochs", 0, 0, 1_000_000),
            section.integer("average-every-steps", 8, 1, 1_000_000));
    if (!sync.compression.equals("none") && !sync.strategy.equals("gradient-sharing")) {
      section.problem(
          "compression",
          "'"
              + sync.compression
              + "' is for gradient-sharing; with "
              + sync.strategy
              + " use none");
    }
    if (SPARSE.contains(sync.compression) && !ELEMENTWISE.contains(optimizer)) {
      section.problem(
          "compression",
          "'"
              + sync.compression
              + "' trains with optimizer.name "
              + String.join(", ", ELEMENTWISE)
              + ", not with "
              + optimizer);
    }
    section.reportUnknownKeys();
    return sync;
  }
}
