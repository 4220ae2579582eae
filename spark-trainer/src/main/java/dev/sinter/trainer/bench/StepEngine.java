package dev.sinter.trainer.bench;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.sinter.trainer.engine.ComputePrecision;
import java.util.Arrays;
import java.util.Optional;

/** What can be measured by {@code bench step}. */
public enum StepEngine {
  /** Sinter's full step on libtorch: data stage, gradient, strategy, update. */
  @JsonProperty("sinter")
  SINTER("sinter"),
  /** Sinter's full step on DL4J's executor. */
  @JsonProperty("sinter-nd4j")
  SINTER_ND4J("sinter-nd4j"),
  /** A loop on libtorch, tuned by hand, without a data stage. */
  @JsonProperty("libtorch-bare")
  LIBTORCH_BARE("libtorch-bare"),
  /** The same network as it is written by default: fp32, NCHW, nothing in place. */
  @JsonProperty("libtorch-default")
  LIBTORCH_DEFAULT("libtorch-default"),
  /** {@code ComputationGraph.fit} of DL4J. */
  @JsonProperty("dl4j-stock")
  DL4J_STOCK("dl4j-stock");

  private final String key;

  StepEngine(String key) {
    this.key = key;
  }

  /** The name in options and JSON. */
  public String key() {
    return key;
  }

  /** Finds an engine by its name. */
  public static Optional<StepEngine> byKey(String key) {
    return Arrays.stream(values()).filter(engine -> engine.key.equals(key)).findFirst();
  }

  /** Whether the engine computes in that precision; all do in fp32. */
  public boolean supports(ComputePrecision precision) {
    return precision == ComputePrecision.FP32 || this == SINTER || this == LIBTORCH_BARE;
  }

  /** Whether it executes a {@link dev.sinter.trainer.engine.Network}, as a worker receives it. */
  boolean isSinter() {
    return this == SINTER || this == SINTER_ND4J;
  }

  /** Whether the network has to be among the hand-written ones. */
  boolean isHandWritten() {
    return this == LIBTORCH_BARE || this == LIBTORCH_DEFAULT;
  }
}
