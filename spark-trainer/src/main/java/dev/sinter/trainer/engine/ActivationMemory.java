package dev.sinter.trainer.engine;

/** What happens to activations between forward and backward pass. */
public enum ActivationMemory {
  /** They are kept. */
  KEEP,
  /**
   * Few are kept and the others computed again, for one more forward pass: as in {@code
   * engine.activation-checkpointing}.
   */
  RECOMPUTE
}
