package dev.sinter.trainer.config;

import java.util.List;

/**
 * The keys under {@code engine}.
 *
 * @param name {@code libtorch} or {@code nd4j}
 * @param precision {@code fp32} or {@code bf16}
 * @param threadsPerLane threads that compute one lane; fixed for a run, since it decides the bits
 * @param deterministic whether a GPU may only use operations that repeat their bits
 */
public record EngineConfig(
    String name, String precision, int threadsPerLane, boolean deterministic) {
  static EngineConfig read(ConfigSection section) {
    EngineConfig engine =
        new EngineConfig(
            section.oneOf("name", "libtorch", List.of("libtorch", "nd4j")),
            section.oneOf("precision", "fp32", List.of("fp32")),
            section.integer("threads-per-lane", 1, 1, 1024),
            section.flag("deterministic", false));
    section.reportUnknownKeys();
    return engine;
  }
}
