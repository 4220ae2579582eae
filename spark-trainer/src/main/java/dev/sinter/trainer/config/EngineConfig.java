package dev.sinter.trainer.config;

import java.util.List;

/**
 * The keys under {@code engine}.
 *
 * @param name {@code libtorch} or {@code nd4j}
 * @param precision {@code fp32}, {@code bf16}, {@code fp16}, or {@code auto}: bf16 where all
 *     workers compute it fast, else fp32
 * @param threadsPerLane threads that compute one lane; fixed for a run, since it decides the bits
 * @param activationCheckpointing whether most activations are computed again in the backward pass
 *     rather than kept
 * @param deterministic whether a GPU may only use operations that repeat their bits
 */
public record EngineConfig(
    String name,
    String precision,
    int threadsPerLane,
    boolean activationCheckpointing,
    boolean deterministic) {
  /** The precision that the workers settle. */
  public static final String AUTO = "auto";

  static EngineConfig read(ConfigSection section) {
    EngineConfig engine =
        new EngineConfig(
            section.oneOf("name", "libtorch", List.of("libtorch", "nd4j")),
            section.oneOf("precision", AUTO, List.of(AUTO, "fp32", "bf16", "fp16")),
            section.integer("threads-per-lane", 1, 1, 1024),
            section.flag("activation-checkpointing", false),
            section.flag("deterministic", false));
    if (engine.name().equals("nd4j")) {
      if (!List.of(AUTO, "fp32").contains(engine.precision())) {
        section.problem("precision", "is " + engine.precision() + "; engine nd4j has fp32 alone");
      }
      if (engine.activationCheckpointing()) {
        section.problem("activation-checkpointing", "is true; engine nd4j keeps its activations");
      }
    }
    section.reportUnknownKeys();
    return engine;
  }
}
