package dev.sinter.trainer.config;

import java.util.List;

/**
 * The keys under {@code sync}.
 *
 * @param strategy {@code gradient-sharing}, {@code parameter-averaging}, or one of DL4J's own with
 *     {@code dl4j-} before it
 * @param compression {@code none}
 * @param averageEverySteps steps between two averagings
 */
public record SyncConfig(String strategy, String compression, int averageEverySteps) {
  static SyncConfig read(ConfigSection section) {
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
            section.oneOf("compression", "none", List.of("none")),
            section.integer("average-every-steps", 8, 1, 1_000_000));
    section.reportUnknownKeys();
    return sync;
  }
}
