package dev.sinter.trainer.data;

/**
 * What is random in a run; each gets streams of its own, so that switching one on leaves the others
 * as they were.
 */
public enum Randomness {
  /** Order of a lane's samples, from (epoch, lane). */
  SAMPLE_ORDER(1),
  /** Augmentation of a sample, from (epoch, sample). */
  AUGMENTATION(2),
  /** Dropout, from (step, lane). */
  DROPOUT(3),
  /** Mixing of samples, from (step, lane). */
  MIXUP(4);

  // Not the ordinal: these numbers must outlive a new constant between the old ones.
  private final long stream;

  Randomness(long stream) {
    this.stream = stream;
  }

  /** The seed of the stream for a run's seed and two coordinates. */
  public long seedFor(long seed, long first, long second) {
    long hash = SplitMix64.mix(seed + stream * SplitMix64.GOLDEN_GAMMA);
    hash = SplitMix64.mix((hash ^ first) + SplitMix64.GOLDEN_GAMMA);
    return SplitMix64.mix((hash ^ second) + SplitMix64.GOLDEN_GAMMA);
  }
}
