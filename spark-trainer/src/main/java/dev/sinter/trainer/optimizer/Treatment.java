package dev.sinter.trainer.optimizer;

/** What a training step does to a range of the flat vector. */
public enum Treatment {
  /** Updated by the optimizer, with weight decay. */
  DECAYED,
  /** Updated by the optimizer, without weight decay: biases, scales and shifts. */
  UNDECAYED,
  /** A running mean or variance, moved towards the batch statistic. */
  RUNNING_STATISTIC,
  /** Left as it is. */
  FROZEN;

  /** Whether the optimizer updates the range and its gradient counts in norms. */
  public boolean trainable() {
    return this == DECAYED || this == UNDECAYED;
  }
}
