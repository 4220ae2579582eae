package dev.sinter.trainer.config;

import java.util.List;

/**
 * The keys under {@code engine}.
 *
 * @param name {@code libtorch} or {@code nd4j}
 * @param precision {@code fp32} or {@code bf16}
 * @param threadsPerLane threads that compute one lane; fixed for a run, since it decides the bits
 */
public record EngineConfig(String name, String precision, int threadsPerLane) {
  static EngineConfig read(ConfigSection section) {
    EngineConfig engine =
        new EngineConfig(
            section.oneOf("name", "libtorch", List.of("libtorch", "nd4j")),
            section.oneOf("precision", "fp32", List.of("fp32")),
            section.integer("threads-per-lane", 1, 1, 1024));
    section.reportUnknownKeys();
    return engine;
  }
}
